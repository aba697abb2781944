// Commands and settings of a service hold secrets as plain text, so a service is described by its name alone.

extension ServiceSpec: CustomStringConvertible, CustomReflectable {
    public var description: String { "service \(name)" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension ProcessPlan: CustomStringConvertible, CustomReflectable {
    public var description: String { "process of \(name)" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension PlannedFile: CustomStringConvertible, CustomReflectable {
    public var description: String { isSecret ? "secret file \(path)" : "file \(path)" }
    public var customMirror: Mirror { Mirror(self, children: ["path": path]) }
}
