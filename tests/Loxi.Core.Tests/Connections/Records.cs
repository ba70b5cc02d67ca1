using System.Net;
using CsCheck;
using Loxi.Core.Connections;
using Loxi.Core.Services;

namespace Loxi.Core.Tests.Connections;

/// <summary>Records of connections that there can be.</summary>
internal static class Records
{
    public static readonly ConnectionRecord Tcp = new()
    {
        Protocol = ServiceProtocol.Tcp,
        State = ConnectionState.Established,
        Client = Address("198.51.100.10"),
        ClientPort = 40000,
        Vip = Address("203.0.113.10"),
        VipPort = 80,
        Source = Address("198.51.100.10"),
        SourcePort = 40000,
        Endpoint = Address("192.0.2.11"),
        EndpointPort = 8080,
        Version = new ConnectionVersion(7, 2, 31),
        Age = TimeSpan.FromSeconds(3),
    };

    public static readonly ConnectionRecord Echo = Tcp with
    {
        Protocol = ServiceProtocol.Icmp,
        State = ConnectionState.TwoWay,
        VipPort = 0,
        EndpointPort = 0,
    };

    public static readonly ConnectionRecord Direct = Tcp with { Traits = ConnectionTraits.Direct, EndpointPort = 80 };

    /// <summary>NAT64 the other way round: an IPv4 client and an IPv6 endpoint.</summary>
    public static readonly ConnectionRecord Cross = Tcp with
    {
        Traits = ConnectionTraits.CrossFamily,
        Source = Address("2001:db8:2::1"),
        Endpoint = Address("2001:db8:2::11"),
    };

    public static readonly ConnectionRecord CrossTunnel = Direct with
    {
        Traits = ConnectionTraits.Direct | ConnectionTraits.Tunnel | ConnectionTraits.CrossFamily,
        Endpoint = Address("2001:db8:2::11"),
    };

    private static readonly ServiceProtocol[] _protocols = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Icmp, ServiceProtocol.Sctp];

    public static readonly Gen<FlowAddress> IPv4 = Gen.UInt.Select(a => FlowAddress.FromIPv4(a % 0x5f00_0000u + 0x0100_0000u));

    public static readonly Gen<FlowAddress> IPv6 = Gen.Select(Gen.ULong, Gen.ULong).Select((h, l) => new FlowAddress(0x2001_0db8_0000_0000 | (h >> 32), l));

    /// <summary>Every protocol and family, translated or direct, in any state.</summary>
    public static readonly Gen<ConnectionRecord> Any =
        from client4 in Gen.Bool
        from endpoint4 in Gen.Bool
        from kind in Gen.Int[0, 3]
        from client in client4 ? IPv4 : IPv6
        from vip in client4 ? IPv4 : IPv6
        from source in endpoint4 ? IPv4 : IPv6
        from endpoint in endpoint4 ? IPv4 : IPv6
        from ports in Gen.UShort[1, ushort.MaxValue].Array[4]
        from protocol in Gen.Int[0, 3].Select(i => _protocols[i])
        from state in Gen.Byte[1, 12].Select(s => (ConnectionState)s).Where(s => ConnectionRecordRules.IsStateOf(protocol, s))
        from version in Gen.Select(Gen.UInt[0, ConnectionVersion.MaxTerm], Gen.Byte, Gen.UInt[1, uint.MaxValue])
        from age in Gen.Long[0, ConnectionRecord.MaxAge.Ticks]
        let direct = kind == 0
        let icmp = protocol == ServiceProtocol.Icmp
        let vipPort = icmp ? (ushort)0 : ports[1]
        select new ConnectionRecord
        {
            Protocol = protocol,
            State = state,
            Client = client,
            ClientPort = ports[0],
            Vip = vip,
            VipPort = vipPort,
            Source = direct ? client : source,
            SourcePort = direct ? ports[0] : ports[2],
            Endpoint = endpoint,
            EndpointPort = icmp ? (ushort)0 : direct ? vipPort : ports[3],
            Version = new ConnectionVersion(version.Item1, version.Item2, version.Item3),
            Age = TimeSpan.FromTicks(age),
            Traits = (direct ? ConnectionTraits.Direct : 0) | (client4 == endpoint4 ? 0 : ConnectionTraits.CrossFamily)
                | (direct && client4 != endpoint4 ? ConnectionTraits.Tunnel : 0),
        };

    public static FlowAddress Address(string text) => FlowAddress.From(IPAddress.Parse(text));
}
