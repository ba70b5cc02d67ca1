using Loxi.Api.V1;

namespace Loxi.Cli.Commands;

/// <summary>An open connection that two nodes do not have alike.</summary>
/// <param name="Here">As this node has it; null when it does not.</param>
/// <param name="There">As the other one has it; null when it does not.</param>
internal sealed record ConnectionDifference(HaConnection? Here, HaConnection? There)
{
    /// <summary>Whose connection it is.</summary>
    public HaConnection Any => (Here ?? There)!;

    public string Kind => There is null ? "missing there" : Here is null ? "missing here" : "different";

    /// <summary>The key of the connection.</summary>
    public static (string Protocol, string Client, int ClientPort, string External, int ExternalPort) KeyOf(HaConnection c) => (c.Protocol, c.ClientIP, c.ClientPort, c.ExternalIP, c.ExternalPort);

    /// <summary>Whether both nodes have it alike: version and age are not compared.</summary>
    public static bool AreAlike(HaConnection? one, HaConnection? other) => Compared(one) == Compared(other);

    /// <summary>Whether it is still what it was.</summary>
    public bool IsStill(ConnectionDifference former) => AreAlike(Here, former.Here) && AreAlike(There, former.There);

    private static HaConnection? Compared(HaConnection? connection) => connection is null ? null : connection with { Version = "", Idle = 0 };
}
