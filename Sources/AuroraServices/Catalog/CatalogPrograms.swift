public import AuroraModel

/// What the machine needs for services of the catalog that run without a container.
public enum CatalogPrograms {
    public static let names = CatalogService.allCases.compactMap { CatalogEntry.entry($0).program?.name }

    /// The Debian packages that bring a service's program; nil for one that runs in containers only.
    public static func packages(_ service: CatalogService) -> String? { CatalogEntry.entry(service).program?.package }

    /// The name of a service's program; nil for one that runs in containers only.
    public static func name(_ service: CatalogService) -> String? { CatalogEntry.entry(service).program?.name }
}
