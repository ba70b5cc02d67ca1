using CsCheck;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Ha.Sync.Connections;
using Loxi.Ha.Sync.Engine;

namespace Loxi.Ha.Tests.Sync;

/// <summary>Records of connections that there can be.</summary>
internal static class Samples
{
    private static readonly ServiceProtocol[] Protocols = [ServiceProtocol.Tcp, ServiceProtocol.Udp, ServiceProtocol.Sctp, ServiceProtocol.Icmp];

    public static readonly FlowAddress Client = FlowAddress.FromIPv4(0xc6336407); // 198.51.100.7
    public static readonly FlowAddress Vip = FlowAddress.FromIPv4(0xc0000264); // 192.0.2.100
    public static readonly FlowAddress Source = FlowAddress.FromIPv4(0xc0000265); // 192.0.2.101
    public static readonly FlowAddress Endpoint = FlowAddress.FromIPv4(0x0a000001); // 10.0.0.1

    public static Gen<SyncRecord<ConnectionKey, ConnectionPath>> Records { get; } =
        from operation in Gen.Enum<SyncOperation>().Where(static o => o != SyncOperation.None)
        from isIPv6 in Gen.Bool
        from protocol in Gen.Int[0, 3].Select(static i => Protocols[i])
        from client in Gen.UInt[1, 200]
        from number in Gen.UInt[1, 5]
        from ports in Gen.Select(Gen.UShort[1, ushort.MaxValue], Gen.UShort[1, ushort.MaxValue])
        from isFull in Gen.Bool
        from version in Gen.Select(Gen.UInt[0, ConnectionVersion.MaxTerm], Gen.Byte, Gen.UInt[1, uint.MaxValue])
        from age in Gen.UInt[0, 30 * 86_400_000u]
        select Record(operation, isIPv6, protocol, client, number, ports.Item1, ports.Item2, isFull, new ConnectionVersion(version.Item1, version.Item2, version.Item3), TimeSpan.FromMilliseconds(age));

    public static SyncRecord<ConnectionKey, ConnectionPath> Put(ushort port = 40_000, FlowAddress? source = null) => Record(
        SyncOperation.Put, false, ServiceProtocol.Tcp, 7, 1, port, port, source is not null, new ConnectionVersion(3, 1, 9), TimeSpan.FromSeconds(1));

    private static SyncRecord<ConnectionKey, ConnectionPath> Record(
        SyncOperation operation,
        bool isIPv6,
        ServiceProtocol protocol,
        uint client,
        uint number,
        ushort clientPort,
        ushort sourcePort,
        bool isFull,
        ConnectionVersion version,
        TimeSpan age)
    {
        FlowAddress Address(uint last) => isIPv6 ? new FlowAddress(0x20010db8_00000000, last) : FlowAddress.FromIPv4(0xc6336400 | last);
        var port = protocol == ServiceProtocol.Icmp ? (ushort)0 : (ushort)(80 + number);
        var state = protocol is ServiceProtocol.Tcp or ServiceProtocol.Sctp ? ConnectionState.Established : ConnectionState.TwoWay;
        var key = new ConnectionKey(Address(client), Address(200 + number), clientPort, port, protocol);
        var path = new ConnectionPath(isFull ? Address(220 + number) : key.Client, Address(210 + number), number - 1, sourcePort, port, state, ConnectionTraits.None);
        return new SyncRecord<ConnectionKey, ConnectionPath>(
            operation,
            key,
            operation == SyncOperation.Put ? path : default,
            operation == SyncOperation.Refresh ? default : version,
            operation == SyncOperation.Delete ? TimeSpan.Zero : age);
    }
}
