import ArgumentParser
import AuroraConfig
import AuroraModel
import AuroraServices
import Foundation

struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the services of the manifest as files for Docker Compose, systemd or Kubernetes.",
        discussion: """
            Nothing is started, and none of these programs is needed. Secrets never stand in what is printed.

            Example:
              aurora render compose --out ./deploy
              aurora render k8s --service redis
            """,
        subcommands: [RenderCompose.self, RenderSystemd.self, RenderKubernetes.self])
}

struct RenderCompose: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose", abstract: "One docker-compose.yml, with the settings of services from the catalog beside it.",
        discussion: """
            Example:
              aurora render compose --out ./deploy && docker compose --env-file .env -f deploy/docker-compose.yml config
            """)

    @OptionGroup var options: RenderOptions

    func run() throws { try options.run { services, context throws(AuroraError) in try ComposeRenderer.render(services, context) } }
}

struct RenderSystemd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd", abstract: "A unit aurora-NAME.service for each service that runs without a container.",
        discussion: """
            Units name the folder that they are written to, so write them to where they stay.

            Example:
              aurora render systemd --out /etc/aurora/units
            """)

    @OptionGroup var options: RenderOptions

    func run() throws { try options.run { services, context throws(AuroraError) in try SystemdRenderer.render(services, context) } }
}

struct RenderKubernetes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "k8s", abstract: "Deployments, Services, ConfigMaps and PersistentVolumeClaims, one file for each service.",
        discussion: """
            Example:
              aurora render k8s --out ./k8s && kubectl apply -f ./k8s
            """)

    @OptionGroup var options: RenderOptions

    func run() throws { try options.run { services, context throws(AuroraError) in try KubernetesRenderer.render(services, context) } }
}
