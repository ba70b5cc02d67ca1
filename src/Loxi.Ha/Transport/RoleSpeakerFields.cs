namespace Loxi.Ha.Transport;

/// <summary>Names of the members of <see cref="RoleSpeakerSettings"/> in problems.</summary>
public static class RoleSpeakerFields
{
    /// <summary>The own node id.</summary>
    public const string NodeId = "nodeId";

    /// <summary>The slices.</summary>
    public const string Slices = "slices";

    /// <summary>The other nodes.</summary>
    public const string Peers = "peers";

    /// <summary>The VIP groups.</summary>
    public const string Groups = "groups";

    /// <summary>The interval.</summary>
    public const string Interval = "interval";

    /// <summary>The multiplier.</summary>
    public const string Multiplier = "multiplier";

    /// <summary>How far ahead the gate for forwarding is refreshed.</summary>
    public const string AliveAhead = "aliveAhead";

    /// <summary>How far HELLOs are authenticated.</summary>
    public const string Mode = "authentication.mode";

    /// <summary>The keys.</summary>
    public const string Keys = "authentication.keys";

    /// <summary>The key to send with.</summary>
    public const string SendKeyId = "authentication.sendKeyId";

    /// <summary>The UDP port.</summary>
    public const string Port = "port";

    /// <summary>A member of a peer.</summary>
    /// <param name="peer">Its place.</param>
    /// <param name="member">The member.</param>
    /// <returns>The name.</returns>
    public static string Peer(int peer, string member) => $"{Peers}[{peer}].{member}";

    /// <summary>A member of a path.</summary>
    /// <param name="peer">The place of the peer.</param>
    /// <param name="path">The place of the path.</param>
    /// <param name="member">The member.</param>
    /// <returns>The name.</returns>
    public static string Path(int peer, int path, string member) => $"{Peers}[{peer}].paths[{path}].{member}";
}
