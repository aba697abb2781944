/// The console's files, inside the binary.
enum ConsoleAssets {
    struct Asset: Sendable {
        let path: String
        let type: String
        let bytes: [UInt8]
    }

    private static let script = "text/javascript; charset=utf-8"

    static let all: [Asset] =
        [Asset(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html)]
        + [
            Asset(path: "/console/style.css", type: "text/css; charset=utf-8", bytes: PackageResources.style_css),
            Asset(path: "/console/meshpage.css", type: "text/css; charset=utf-8", bytes: PackageResources.meshpage_css),
            Asset(path: "/console/favicon.svg", type: "image/svg+xml", bytes: PackageResources.favicon_svg),
        ]
        + scripts.map { Asset(path: "/console/\($0.0)", type: script, bytes: $0.1) }

    private static let scripts: [(String, [UInt8])] = [
        ("answer.js", PackageResources.answer_js),
        ("api.js", PackageResources.api_js),
        ("app.js", PackageResources.app_js),
        ("chat.js", PackageResources.chat_js),
        ("composer.js", PackageResources.composer_js),
        ("conversations.js", PackageResources.conversations_js),
        ("decisions.js", PackageResources.decisions_js),
        ("dialogs.js", PackageResources.dialogs_js),
        ("dom.js", PackageResources.dom_js),
        ("drawers.js", PackageResources.drawers_js),
        ("engine.js", PackageResources.engine_js),
        ("feed.js", PackageResources.feed_js),
        ("format.js", PackageResources.format_js),
        ("markdown.js", PackageResources.markdown_js),
        ("mesh.js", PackageResources.mesh_js),
        ("meshcards.js", PackageResources.meshcards_js),
        ("meshpage.js", PackageResources.meshpage_js),
        ("message.js", PackageResources.message_js),
        ("plots.js", PackageResources.plots_js),
        ("sse.js", PackageResources.sse_js),
        ("start.js", PackageResources.start_js),
        ("tasks.js", PackageResources.tasks_js),
        ("theme.js", PackageResources.theme_js),
        ("themes.js", PackageResources.themes_js),
    ]
}
