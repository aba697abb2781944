/// The version of this build, in one place.
public enum AuroraVersion {
    public static let current = "0.1.0"
}
