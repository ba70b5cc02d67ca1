using System.Net;
using Loxi.Bfd;

namespace Loxi.Interop.RootTests.Bfd;

/// <summary>The session as the peer is told to keep it; intervals in milliseconds.</summary>
internal sealed record PeerSession(IPAddress Local, IPAddress Remote, bool Multihop)
{
    public int Transmit { get; init; } = 200;

    public int Receive { get; init; } = 200;

    public int Multiplier { get; init; } = 5;

    public bool Passive { get; init; }

    /// <summary>FRR only: sends echo packets.</summary>
    public bool Echo { get; init; }

    /// <summary>FRR only: how often echo packets may be sent to it, 0 for never; and how often it sends them.</summary>
    public int EchoInterval { get; init; } = 50;

    /// <summary>BIRD only.</summary>
    public BfdAuthenticationType Authentication { get; init; }

    /// <summary>Packets are sent with the first, all of them are taken.</summary>
    public IReadOnlyList<(int Id, string Text)> Keys { get; init; } = [];
}
