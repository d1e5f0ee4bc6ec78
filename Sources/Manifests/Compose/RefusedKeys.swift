extension ServiceKeys {
    /// What Compose knows and Berth does not carry out: each would start another container than the
    /// one that was asked for.
    static let refused = [
        refuse("build", "images are not built here", "push the image to a registry, name it here"),
        refuse("develop", "nothing is developed here", "remove it"),
        refuse("provider", "providers are not available", "run the service as a container"),
        refuse("models", "models are not available", "run the model as a container"),
        refuse("use_api_socket", "the engine's socket is not handed out", "remove it"),
        refuse("pre_start", "hooks are not available", jobRemedy),
        refuse("post_start", "hooks are not available", jobRemedy),
        refuse("pre_stop", "hooks are not available", "handle the stop signal in the program"),
        refuse("gpus", "GPUs are not available", "use devices: and runtime:"),
        refuse("credential_spec", "Windows credentials are not available", "remove it"),
        refuse("links", "links are not available", "the services' names resolve on a network"),
        refuse("external_links", "links are not available", "join an external network"),
        refuse("volumes_from", "volumes of another container are not available", "name a volume"),
        refuse("isolation", "isolation is for Windows", "remove it"),
        refuse("extends", "extends is not available", "say what differs in the environment file"),
        refuse("pull_refresh_after", "it is not available", "write pull_policy: every_12h"),
        refuse("attach", "nothing is attached to here", "remove it"),
        refuse("blkio_config", "limits on block devices are not available", "remove it"),
        refuse("cgroup", "the cgroup namespace cannot be chosen", "remove it"),
        refuse("cpu_count", "cpu_count is for Windows", "write cpus"),
        refuse("cpu_percent", "cpu_percent is for Windows", "write cpus"),
        refuse("cpu_rt_period", "realtime limits are not available", "remove it"),
        refuse("cpu_rt_runtime", "realtime limits are not available", "remove it"),
        refuse("device_cgroup_rules", "device rules are not available", "write devices"),
        refuse("label_file", "label files are not available", "write labels"),
        refuse("mac_address", "it belongs to a network", "write it under networks.<name>"),
        refuse("storage_opt", "storage options are not available", "remove it"),
        refuse("uts", "the host's name cannot be shared", "write hostname"),
    ]

    private static let jobRemedy =
        "make it a service that others depend on with service_completed_successfully"

    static func refuse(_ name: String, _ message: String, _ remedy: String) -> Key {
        Key(name, RefusedShape(message, remedy: remedy), "")
    }
}
