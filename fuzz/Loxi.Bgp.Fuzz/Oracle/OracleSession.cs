using System.Net;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Fuzz.Oracle;

/// <summary>One of the sessions that inputs are read with, chosen by an octet.</summary>
internal sealed record OracleSession(bool IsExternal, bool FourOctetAs, bool AddPath, bool LongNextHop, bool EnforceFirstAs, bool Ipv4, bool Ipv6)
{
    public const uint LocalAs = 64500;
    public const uint ExternalPeer = 64496;

    /// <summary>192.0.2.254.</summary>
    public const uint OwnAddress = 0xc00002fe;

    private static readonly OracleSession[] All = [.. Enumerable.Range(0, 256).Select(Create)];

    public UpdateContext Context { get; private init; } = null!;

    public static OracleSession Of(byte choice) => All[choice];

    private static OracleSession Create(int choice)
    {
        var families = (choice >> 5) & 7;
        var session = new OracleSession((choice & 1) == 0, (choice & 2) == 0, (choice & 4) != 0, (choice & 8) != 0, (choice & 16) == 0, families != 1, families != 2);
        return session with
        {
            Context = new UpdateContext
            {
                IsExternal = session.IsExternal,
                LocalAs = LocalAs,
                PeerAs = session.IsExternal ? ExternalPeer : LocalAs,
                LocalIdentifier = OwnAddress,
                Families = [.. new[] { (session.Ipv4, BgpFamily.Ipv4Unicast), (session.Ipv6, BgpFamily.Ipv6Unicast) }.Where(f => f.Item1).Select(f => f.Item2)],
                FourOctetAs = session.FourOctetAs,
                AddPathIpv4 = session.AddPath,
                AddPathIpv6 = session.AddPath,
                Ipv4OverIpv6NextHop = session.LongNextHop,
                EnforceFirstAs = session.EnforceFirstAs,
                OwnAddresses = [IPAddress.Parse("192.0.2.254"), IPAddress.Parse("2001:db8::fe")],
            },
        };
    }
}
