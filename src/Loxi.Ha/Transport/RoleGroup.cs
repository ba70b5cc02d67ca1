namespace Loxi.Ha.Transport;

/// <summary>A VIP group: addresses that move together.</summary>
/// <param name="Name">Its name, equal on all nodes: 1 to 63 printable ASCII characters without space.</param>
public sealed record RoleGroup(string Name)
{
    /// <summary>Whether its VIPs are on a link that the nodes share. Default <see langword="true"/>.</summary>
    public bool SharedLink { get; init; } = true;

    /// <summary>Whom the operator prefers: the greater. Default 100.</summary>
    public byte Priority { get; init; } = 100;
}
