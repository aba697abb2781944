/// All series of one metric.
struct MetricFamily {
    let description: MetricDescription
    private(set) var series: [String: any MetricCell] = [:]

    init(_ description: MetricDescription) { self.description = description }

    var isEmpty: Bool { series.isEmpty }

    /// The cell of these labels, made when it is new; nil when the metric is full or the cell is of another type.
    mutating func cell<Cell: MetricCell>(_ labels: String, limit: Int, make: () -> Cell) -> Cell? {
        if let known = series[labels] { return known as? Cell }
        guard series.count < limit else { return nil }
        let cell = make()
        series[labels] = cell
        return cell
    }

    /// Takes the cell out, unless another has taken its place since.
    mutating func remove(_ cell: any MetricCell) {
        if series[cell.id.labels] === cell { series[cell.id.labels] = nil }
    }

    func write(into out: inout TextFormat) {
        out.family(description.name, description.kind, help: description.help)
        for (_, cell) in series.sorted(by: { $0.key < $1.key }) { cell.write(into: &out) }
    }
}
