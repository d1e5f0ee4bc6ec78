extension ServiceKeys {
    /// Keys without which another container would start than the one that was asked for.
    static let refused: [Key] = [
        .refused(
            "build",
            "images are not built here",
            "push the image to a registry, name it here"
        ),
        .refused("develop", "nothing is developed here", "remove it"),
        .refused("provider", "providers are not available", "run the service as a container"),
        .refused("models", "models are not available", "run the model as a container"),
        .refused("use_api_socket", "the engine's socket is not available", "remove it"),
        .refused("pre_start", "hooks are not available", jobRemedy),
        .refused("post_start", "hooks are not available", jobRemedy),
        .refused("pre_stop", "hooks are not available", "handle the stop signal in the program"),
        .refused("gpus", "GPUs are not available", "use devices: and runtime:"),
        .refused("credential_spec", "Windows credentials are not available", "remove it"),
        .refused("links", "links are not available", "the services' names resolve on a network"),
        .refused("external_links", "links are not available", "join an external network"),
        .refused("volumes_from", "volumes of another container are not available", "name a volume"),
        .refused("isolation", "isolation is for Windows", "remove it"),
        .refused("extends", "extends is not available", "say what differs in the environment file"),
        .refused("pull_refresh_after", "it is not available", "write pull_policy: every_12h"),
        .refused("attach", "nothing is attached to here", "remove it"),
        .refused("blkio_config", "limits on block devices are not available", "remove it"),
        .refused("cgroup", "the cgroup namespace cannot be chosen", "remove it"),
        .refused("cpu_count", "cpu_count is for Windows", "write cpus"),
        .refused("cpu_percent", "cpu_percent is for Windows", "write cpus"),
        .refused("cpu_rt_period", "realtime limits are not available", "remove it"),
        .refused("cpu_rt_runtime", "realtime limits are not available", "remove it"),
        .refused("device_cgroup_rules", "device rules are not available", "write devices"),
        .refused("label_file", "label files are not available", "write labels"),
        .refused("mac_address", "it belongs to a network", "write it under networks.<name>"),
        .refused("storage_opt", "storage options are not available", "remove it"),
        .refused("uts", "the host's name cannot be shared", "write hostname"),
    ]

    private static let jobRemedy =
        "turn it into a service that others depend on with service_completed_successfully"
}
