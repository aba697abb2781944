import AuroraModel

/// Asks before something that others will notice.
enum Confirmation {
    /// - Parameters:
    ///   - what: what will happen, as a sentence.
    ///   - yes: the answer is given already.
    /// Throws `refused` when the answer is no, or nobody is there to give one.
    static func ask(
        _ what: String, yes: Bool, isInteractive: Bool = Terminal.isInteractive, answer: () -> String? = { readLine() }
    ) throws(AuroraError) {
        if yes { return }
        guard isInteractive else {
            throw AuroraError(.refused, "not done without being asked for: \(what)", hint: "add --yes to do it from a script")
        }
        Terminal.show("\(what). Go on? [y/N] ")
        guard let word = answer()?.lowercased(), ["y", "yes"].contains(word) else {
            throw AuroraError(.refused, "not done: the answer was not yes")
        }
    }
}
