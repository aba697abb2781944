import AuroraModel
import AuroraSystem

/// Contents that do not stand in the plan, kept in the state folder while the apply runs, so that a crash cannot make them unknown.
struct StagedContents: Sendable {
    let id: String
    let tools: ApplyTools

    func stage(_ plan: Plan) async throws(AuroraError) {
        try tools.disk.makeFolder(tools.folder.contents(id), mode: 0o700, owner: nil)
        for step in plan.steps {
            guard case .writeFile(let work) = step.work, work.text == nil else { continue }
            try tools.disk.replace(path(work), with: try await ask(work), mode: 0o600, owner: nil)
        }
    }

    func bytes(of work: FileWork) throws(AuroraError) -> [UInt8] {
        let bytes = if let text = work.text { Array(text.utf8) } else { try tools.disk.read(path(work), limit: ApplyLimits.file) }
        return try checked(bytes, work)
    }

    func discard() throws(AuroraError) { try tools.disk.removeTree(tools.folder.contents(id)) }

    private func path(_ work: FileWork) -> String { tools.folder.contents(id) + "/" + work.digest }

    private func ask(_ work: FileWork) async throws(AuroraError) -> [UInt8] {
        do {
            return try checked(await tools.contents.bytes(of: work), work)
        } catch {
            throw AuroraError.of(error)
        }
    }

    private func checked(_ bytes: [UInt8], _ work: FileWork) throws(AuroraError) -> [UInt8] {
        guard ContentDigest.of(bytes) == work.digest else {
            throw AuroraError(
                .refused, "the contents for '\(work.path)' are no longer those of the plan",
                hint: "the manifest or a secret changed: make a new plan with 'aurora plan'")
        }
        return bytes
    }
}
