import AuroraModel
import Foundation
import Testing

@testable import AuroraAdopt

@Suite("What docker inspect says")
struct DockerTextTests {
    static let webID = String(repeating: "a1", count: 32)
    static let databaseID = String(repeating: "b2", count: 32)
    static let json = """
        [{"Id":"\(webID)","Name":"/shop-web-1","Image":"sha256:00",
          "State":{"Status":"running","Running":true,"Pid":4711,"StartedAt":"2026-11-02T08:15:04.5Z","Health":{"Status":"healthy"}},
          "Config":{"Image":"shop/web:3","Env":["DB_PASSWORD=hunter2"],"Labels":{"com.docker.compose.project":"shop",
            "com.docker.compose.service":"web","com.docker.compose.project.working_dir":"/srv/shop",
            "com.docker.compose.project.config_files":"/srv/shop/docker-compose.yml,/srv/shop/docker-compose.prod.yml",
            "com.docker.compose.project.environment_file":"/srv/shop/prod.env",
            "traefik.http.middlewares.a.basicauth.users":"bob:$apr1$hunter2","org.opencontainers.image.authors":"bob"}},
          "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],
            "53/udp":[{"HostIp":"","HostPort":"5353"}],"9000/tcp":null}}},
         {"Id":"\(databaseID)","Name":"/shop-db-1",
          "State":{"Status":"exited","Pid":0,"StartedAt":"0001-01-01T00:00:00Z"},
          "Config":{"Image":"postgres:15","Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"db",
            "com.docker.compose.project.working_dir":"/srv/shop","com.docker.compose.project.config_files":"docker-compose.yml"}},
          "NetworkSettings":{"Ports":{}}},
         {"Id":"short","Name":"/x"},{"Name":"/y"},3]
        """

    @Test func containersWithTheirPortsAndProjects() throws {
        let containers = DockerText.containers(json: Self.json)
        #expect(containers.map(\.name) == ["shop-web-1", "shop-db-1"])
        let web = try #require(containers.first)
        #expect(web.image == "shop/web:3")
        #expect(web.state == "running")
        #expect(web.pid == 4711)
        #expect(web.health == "healthy")
        #expect(web.startedAt == Date(timeIntervalSince1970: 1_793_607_304.5))
        #expect(
            web.ports == [
                PortMapping(hostPort: 5353, port: 53, isUDP: true), PortMapping(hostAddress: "0.0.0.0", hostPort: 8080, port: 80),
                PortMapping(hostAddress: "::", hostPort: 8080, port: 80),
            ])
        #expect(containers.last?.pid == nil)
        #expect(containers.last?.startedAt == nil)
    }

    @Test func secretsAreNotKept() throws {
        let containers = DockerText.containers(json: Self.json)
        let told = String(decoding: try JSONEncoder().encode(containers), as: UTF8.self)
        #expect(!told.contains("hunter2"))
        #expect(containers.first?.labels["org.opencontainers.image.authors"] == "bob")
    }

    @Test func projectsOfCompose() {
        #expect(
            DockerText.projects(of: DockerText.containers(json: Self.json)) == [
                ComposeProject(
                    name: "shop", files: ["/srv/shop/docker-compose.yml", "/srv/shop/docker-compose.prod.yml"],
                    workingFolder: "/srv/shop", environmentFile: "/srv/shop/prod.env", services: ["db", "web"])
            ])
    }

    @Test(arguments: ["", "[", "{}", "null", "[[]]", "[{}]", #"[{"Id":7,"Name":8}]"#, "Error: No such container"])
    func garbageIsNoContainer(text: String) { #expect(DockerText.containers(json: text).isEmpty) }

    @Test func numbersThatCannotBeAreLeftOut() throws {
        let json = """
            [{"Id":"\(Self.webID)","Name":"x","State":{"Pid":1e300,"StartedAt":"yesterday"},"Config":{"Labels":[]},
            "NetworkSettings":{"Ports":{"99999/tcp":[{"HostPort":"1"}],"80/tcp":[{"HostPort":"-1"},{"HostPort":"0"},7],"/":[]}}}]
            """
        let container = try #require(DockerText.containers(json: json).first)
        #expect(container == ContainerFacts(id: Self.webID, name: "x", image: "", state: "unknown"))
    }
}
