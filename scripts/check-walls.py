#!/usr/bin/env python3
"""Holds the walls between modules: who may import whom, and which module owns which library.

The build already refuses imports that Package.swift does not declare. This is the design, so that a change of
Package.swift alone cannot move a wall.
"""

import re

from checks import finish, project_files

FOUNDATION = {"Foundation", "FoundationEssentials"}
SYSTEM = FOUNDATION | {"Glibc", "Darwin", "Musl", "System", "SystemPackage", "Synchronization", "Dispatch"}

# The modules of Aurora that each module may import. Features never appear on the right of one another.
MODULES = {
    "aurora": {"AuroraCommands"},
    "AuroraCommands": {
        "AuroraAPI", "AuroraConfig", "AuroraDialects", "AuroraHTTP", "AuroraLive", "AuroraMesh", "AuroraModel", "AuroraNode",
        "AuroraServices", "AuroraStore", "AuroraSystem", "AuroraAdopt",
    },
    "AuroraNode": {
        "AuroraAPI", "AuroraChat", "AuroraConfig", "AuroraHTTP", "AuroraInference", "AuroraLive", "AuroraMesh", "AuroraModel",
        "AuroraMonitoring", "AuroraRouting", "AuroraRuntime", "AuroraServices", "AuroraStore", "AuroraSystem", "AuroraTasks",
    },
    "AuroraAPI": {"AuroraModel"},
    "AuroraConfig": {"AuroraModel"},
    "AuroraServices": {"AuroraModel"},
    "AuroraInference": {"AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraRouting", "AuroraSystem"},
    "AuroraRouting": {"AuroraModel"},
    "AuroraTasks": {"AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraSystem"},
    "AuroraRuntime": {"AuroraModel", "AuroraSystem"},
    "AuroraMesh": {"AuroraHTTP", "AuroraModel", "AuroraSystem"},
    "AuroraChat": {"AuroraDialects", "AuroraHTTP", "AuroraModel", "AuroraSystem"},
    "AuroraAdopt": {"AuroraModel", "AuroraSystem"},
    "AuroraApply": {"AuroraModel", "AuroraSystem"},
    "AuroraMonitoring": {"AuroraModel"},
    "AuroraDialects": {"AuroraModel"},
    "AuroraHTTP": {"AuroraModel", "AuroraSystem"},
    "AuroraStore": {"AuroraModel", "AuroraSystem"},
    "AuroraLive": {"AuroraAdopt", "AuroraApply", "AuroraModel", "AuroraSystem"},
    "AuroraSystem": {"AuroraModel"},
    "AuroraModel": set(),
}

# Modules that see nothing but these libraries.
NARROW = {
    "AuroraModel": FOUNDATION,
    "AuroraSystem": FOUNDATION | {"Crypto", "HTTPTypes", "NIOCore", "Synchronization"},
    "AuroraAPI": FOUNDATION,
    "AuroraRouting": FOUNDATION,
    "AuroraDialects": FOUNDATION | {"NIOCore"},
    "aurora": set(),
}

SERVERS = {"AuroraChat", "AuroraHTTP", "AuroraInference", "AuroraMesh", "AuroraNode", "AuroraTasks"}
SERVICES = SERVERS | {"AuroraCommands", "AuroraLive"}

# Which modules may use a library. One owner each where it can be, so that it can be replaced in one place.
LIBRARIES = {
    "ArgumentParser": {"AuroraCommands"},
    "CoreMetrics": {"AuroraMonitoring"},
    "Crypto": {"AuroraSystem"},
    "GRDB": {"AuroraStore"},
    "HTTPTypes": SERVICES | {"AuroraSystem"},
    "Hummingbird": SERVERS,
    "HummingbirdCore": {"AuroraHTTP"},
    "Logging": SERVICES | {"AuroraRuntime"},
    "Metrics": SERVERS | {"AuroraRuntime"},
    "NIOConcurrencyHelpers": SERVERS,
    "NIOCore": SERVICES | {"AuroraDialects", "AuroraSystem"},
    "NIOExtras": {"AuroraHTTP"},
    "NIOHTTP1": {"AuroraHTTP", "AuroraInference", "AuroraMesh"},
    "NIOHTTPTypes": {"AuroraHTTP"},
    "NIOHTTPTypesHTTP1": {"AuroraHTTP"},
    "NIOPosix": {"AuroraHTTP", "AuroraInference", "AuroraMesh", "AuroraNode"},
    "NIOSSL": {"AuroraHTTP", "AuroraMesh"},
    "NIOWebSocket": {"AuroraChat", "AuroraHTTP"},
    "ServiceLifecycle": SERVICES | {"AuroraRuntime"},
    "Subprocess": {"AuroraLive"},
    "UnixSignals": {"AuroraNode"},
    "Yams": {"AuroraChat", "AuroraConfig", "AuroraServices"},
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|typealias|func|let|var)\s+)?([A-Za-z_]\w*)"
)


def refusal(module, imported):
    """Why `module` may not import `imported`; None when it may."""
    if imported == module:
        return f"a module does not import itself ('{imported}')"
    if imported in MODULES:
        if imported in MODULES[module]:
            return None
        allowed = ", ".join(sorted(MODULES[module])) or "no module of Aurora"
        return f"{module} may not import {imported}: it sees {allowed}; talk through a protocol that AuroraNode wires"
    if module in NARROW:
        if imported in NARROW[module]:
            return None
        return f"{module} may not import {imported}: it sees only {', '.join(sorted(NARROW[module])) or 'AuroraCommands'}"
    if imported in SYSTEM:
        return None
    if imported not in LIBRARIES:
        return f"library '{imported}' has no owner yet: name it in LIBRARIES of scripts/check-walls.py and say why in ARCHITECTURE.md"
    if module not in LIBRARIES[imported]:
        return f"{module} may not import {imported}: it belongs to {', '.join(sorted(LIBRARIES[imported]))}"
    return None


def main():
    findings, count = [], 0
    for path in project_files("-o", "--exclude-standard"):
        if path.suffix != ".swift" or path.parts[0] != "Sources" or len(path.parts) < 3:
            continue
        count += 1
        module = path.parts[1]
        if module not in MODULES:
            findings.append(f"{path}:1: module '{module}' is not on the map: add it to MODULES of scripts/check-walls.py")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = IMPORT.match(line)
            reason = match and refusal(module, match.group(1))
            if reason:
                findings.append(f"{path}:{number}: {reason}")
    finish(findings, f"{count} files import only what their module may see")


if __name__ == "__main__":
    main()
