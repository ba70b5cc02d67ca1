using static Loxi.Bgp.Tests.Wire.WireBytes;

namespace Loxi.Bgp.Tests.Live;

/// <summary>An input of the list and what must come of it.</summary>
/// <param name="Row">Row of the list.</param>
/// <param name="Reaction">What is right.</param>
/// <param name="Input">What is sent, one message.</param>
internal sealed record LiveCase(string Row, LiveReaction Reaction, byte[] Input)
{
    /// <summary>AS, hold time 90, both families, four octets, refresh.</summary>
    internal static readonly byte[][] Capabilities = [Capability(1, 0, 1, 0, 1), Capability(1, 0, 2, 0, 1), Capability(65, Number(LiveLab.PeerAs)), Capability(2)];

    /// <summary>The attribute that the case is about, beside the mandatory ones or in the place of one; empty where it is about more.</summary>
    internal byte[] Attribute { get; init; } = [];

    /// <summary>What sets it apart from others of the row.</summary>
    internal string What { get; init; } = "";

    internal LivePhase Phase { get; init; } = LivePhase.Established;

    /// <summary>Code and subcode of the NOTIFICATION.</summary>
    internal string Answer { get; init; } = "";

    /// <summary>Type of the attribute that must not be passed on, 0 for none.</summary>
    internal byte Gone { get; init; }

    /// <summary>The attribute that must be passed on with its value, and Partial set.</summary>
    internal byte[] Kept { get; init; } = [];

    /// <summary>The AS_PATH that the route must have.</summary>
    internal string? AsPath { get; init; }

    /// <summary>Another prefix of the input that must be there and be passed on.</summary>
    internal string? Present { get; init; }

    /// <summary>A prefix of the input that must be nowhere.</summary>
    internal string? Absent { get; init; }

    /// <summary>A capability that must not be in force.</summary>
    internal string? NotInForce { get; init; }

    /// <summary>Why a route is not usable.</summary>
    internal string? Rejection { get; init; }

    internal bool IsInternal { get; init; }

    internal bool IsTwoOctet { get; init; }

    /// <summary>It is about the IPv6 route.</summary>
    internal bool IsIpv6 { get; init; }

    /// <summary>No routes before the input.</summary>
    internal bool IsBare { get; init; }

    /// <summary>Capabilities of the peer beside <see cref="Capabilities"/>.</summary>
    internal byte[][] Further { get; init; } = [];

    internal Func<BgpPeerSettings, BgpPeerSettings> Settings { get; init; } = static settings => settings;

    internal string Name => What.Length == 0 ? Row : $"{Row} {What}";

    internal byte[] Open => OpenOf(IsInternal ? LiveLab.OwnAs : LiveLab.PeerAs, IsTwoOctet, Further);

    internal static byte[] OpenOf(uint number, bool isTwoOctet = false, params byte[][] further)
    {
        byte[][] capabilities = [Capabilities[0], Capabilities[1], .. isTwoOctet ? (byte[][])[] : [Capability(65, Number(number))], Capabilities[3], .. further];
        var parameter = CapabilitiesParameter(capabilities);
        return OpenWith(4, (ushort)number, 90, 0xc0000201, (byte)parameter.Length, parameter);
    }
}
