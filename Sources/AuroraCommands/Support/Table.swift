/// Rows for people: columns as wide as their widest cell, two spaces between.
struct Table {
    private let header: [String]
    private var rows: [[(text: String, style: Terminal.Style?)]] = []

    init(_ header: String...) { self.header = header }

    /// Cells may hold what an engine said about itself, so they are kept to their line.
    mutating func add(_ cells: (String, Terminal.Style?)...) { rows.append(cells.map { (text: Terminal.oneLine($0.0), style: $0.1) }) }

    var text: String {
        let widths = header.indices.map { column in
            ([header[column]] + rows.map { column < $0.count ? $0[column].text : "" }).map(\.count).max() ?? 0
        }
        let top = line(header.map { (text: $0, style: .dim) }, widths)
        return ([top] + rows.map { line($0, widths) }).joined(separator: "\n")
    }

    private func line(_ cells: [(text: String, style: Terminal.Style?)], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).enumerated().map { index, pair -> String in
            let (cell, width) = pair
            let space = index == cells.count - 1 ? "" : String(repeating: " ", count: width - cell.text.count)
            return (cell.style.map { Terminal.styled(cell.text, $0) } ?? cell.text) + space
        }
        return padded.joined(separator: "  ")
    }
}
