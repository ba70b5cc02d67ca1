namespace Loxi.TestKit.Controller;

/// <summary>What a <see cref="ControllerStandIn"/> does and when. The times are those that were recorded.</summary>
public sealed record ControllerOptions
{
    public required IReadOnlyList<ControllerNode> Nodes { get; init; }

    /// <summary>Decides who is elected and in which order nodes are told; the same seed does the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether roles are given (<c>--setRoles</c>); without, all nodes serve.</summary>
    public bool SetRoles { get; init; } = true;

    public string Instance { get; init; } = "llb-inst0";

    /// <summary>The address that is posted with each role: what <c>--setRoles</c> was given.</summary>
    public string RoleVip { get; init; } = "0.0.0.0";

    public ControllerBgp? Bgp { get; init; }

    public ElectionTiming Election { get; init; } = ElectionTiming.AtOnce;

    /// <summary>Whether what a node is told at the begin comes in any order instead of the recorded one.</summary>
    public bool AnyOrder { get; init; }

    public TimeSpan HealthPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time in which a node must answer a health check; no answer means dead.</summary>
    public TimeSpan HealthLimit { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Ticker { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two requests to the same node.</summary>
    public TimeSpan Spacing { get; init; } = TimeSpan.FromMilliseconds(45);

    /// <summary>Time in which a node must answer any other request.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromSeconds(5);
}
