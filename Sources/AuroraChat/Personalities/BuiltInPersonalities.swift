/// The personalities that every node has when no folder names others.
enum BuiltInPersonalities {
    static let all: [Personality] = files.compactMap { PersonalityFile(id: $0.id, file: "\($0.id).md", bytes: $0.bytes).personality }

    static let files: [(id: String, bytes: [UInt8])] = [
        ("aurora", PackageResources.aurora_md), ("coder", PackageResources.coder_md),
    ]
}
