extension Duration {
    /// So many seconds, kept between 0 and a year: what is no number counts as 0.
    public static func clamped(seconds: Double) -> Duration {
        guard seconds > 0 else { return .zero }
        return .milliseconds(Int(min(seconds, PlanCheck.longest) * 1000))
    }
}
