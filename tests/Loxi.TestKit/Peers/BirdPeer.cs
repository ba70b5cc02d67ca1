using Loxi.TestKit.Topology;

namespace Loxi.TestKit.Peers;

/// <summary>BIRD 2, one process with one configuration.</summary>
public sealed class BirdPeer(LabHost host) : RoutingPeer(host, "bird")
{
    private string _configuration = "";

    private string Control => InFolder("bird.ctl");

    /// <summary>Whether the next start is told to be a restart: graceful restart's R bit (RFC 4724 3).</summary>
    public bool IsRestart { get; set; }

    /// <summary>Sets the configuration for the next start, or at once by <see cref="Reload"/>. Log, router id and the device protocol are added.</summary>
    public void Configure(string configuration, string routerId = "192.0.2.2") => _configuration = $$"""
        log stderr all;
        router id {{routerId}};
        protocol device { scan time 1; }
        {{configuration}}
        """;

    public override Task StartAsync()
    {
        Write("bird.conf", _configuration);
        string[] restart = IsRestart ? ["-R"] : [];
        return RunAsync("/usr/sbin/bird", "<INFO> Started", ["-f", "-c", InFolder("bird.conf"), "-s", Control, "-P", InFolder("bird.pid"), .. restart]);
    }

    /// <summary>Brings the configuration into force in the running daemon.</summary>
    public void Reload()
    {
        Write("bird.conf", _configuration);
        var answer = Ask("configure");
        if (!answer.Contains("Reconfigured", StringComparison.Ordinal) && !answer.Contains("Reconfiguration in progress", StringComparison.Ordinal))
        {
            throw new LabException($"BIRD refuses a configuration: {answer}\n{_configuration}");
        }
    }

    /// <summary>Runs one command of birdc.</summary>
    public string Ask(params string[] words) => Shell.Run("birdc", ["-s", Control, .. words]);
}
