using System.Collections.Immutable;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.Refusals;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>Answers what the programs refuse (RST, ABORT, ICMP), rate-limited by source. One thread at a time; the counters from any.</summary>
internal sealed partial class RefusalResponder(NatMaps maps, FrameSender sender, TimeProvider time, ulong hashKey, ILogger logger) : IDisposable
{
    // The same in every namespace (LOOPBACK_IFINDEX).
    private const int LoopbackIndex = 1;

    private static readonly TimeSpan AddressLifetime = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private readonly RefusalLimiter _limiter = new(time, hashKey);
    private readonly RtnetlinkClient _netlink = new();
    private readonly Dictionary<(int Interface, bool Ipv6), byte[]> _addresses = [];
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];
    private long _addressesRead = time.GetTimestamp();

    /// <summary>Answers sent.</summary>
    public long Answered { get; private set; }

    /// <summary>Answers by kind.</summary>
    public ImmutableArray<AnswerCounter> ReadAnswers() =>
        [.. Enum.GetValues<RefusalKind>().Select(kind => new AnswerCounter(kind, _limiter.Granted(kind), _limiter.Suppressed(kind)))];

    /// <summary>
    /// Sends the answer that is due: back out of the interface that the frame came in by, or, when it was on its way out, by the loopback
    /// interface to the node's own stack, which has its sender or the way to it.
    /// </summary>
    public void Answer(in RawPunt punt, ReadOnlySpan<byte> frame)
    {
        if (RefusedPacket.Parse(frame, out var packet) != RefusalSkip.None)
        {
            return;
        }

        var reason = (RawReason)punt.Reason;
        var kind = KindOf(reason, packet.Protocol);
        var isOutbound = (punt.Flags & Shared.PuntEgress) != 0;
        Span<byte> own = stackalloc byte[16];
        var ownLength = IsAboutThePath(reason) ? OwnAddress((int)punt.Ifindex, packet.IsIpv6, own) : 0;
        if (RefusalBuilder.TryBuild(frame, kind, own[..ownLength], punt.Mtu, isOutbound, _reply, out var length, out _)
            && _limiter.TryTake(kind, frame.Slice(packet.SourceOffset, packet.AddressLength)))
        {
            Answered += sender.TrySend(isOutbound ? LoopbackIndex : (int)punt.Ifindex, _reply.AsSpan(0, length)) ? 1 : 0;
        }
    }

    public void Dispose() => _netlink.Dispose();

    private static RefusalKind KindOf(RawReason reason, byte protocol) => reason switch
    {
        RawReason.RefusedTtl => RefusalKind.TimeExceeded,
        RawReason.RefusedTooBig => RefusalKind.PacketTooBig,
        RawReason.RefusedNoRoute => RefusalKind.HostUnreachable,
        _ when protocol == RefusalRules.Tcp => RefusalKind.TcpReset,
        _ when protocol == RefusalRules.Sctp => RefusalKind.SctpAbort,
        RawReason.RefusedTableFull or RawReason.RefusedCollision or RawReason.RefusedPortsExhausted or RawReason.RefusedNoSource => RefusalKind.AdminProhibited,
        _ => RefusalKind.PortUnreachable,
    };

    /// <summary>Errors about the way come from the router, the others from the VIP.</summary>
    private static bool IsAboutThePath(RawReason reason) => reason is RawReason.RefusedTtl or RawReason.RefusedTooBig or RawReason.RefusedNoRoute;

    /// <summary>Asked of the kernel once a second at most: many packets may be refused in that time.</summary>
    private int OwnAddress(int interfaceIndex, bool ipv6, Span<byte> address)
    {
        if (time.GetElapsedTime(_addressesRead) >= AddressLifetime)
        {
            _addresses.Clear();
            _addressesRead = time.GetTimestamp();
        }

        if (!_addresses.TryGetValue((interfaceIndex, ipv6), out var own))
        {
            own = ReadOwnAddress(interfaceIndex, ipv6);
            _addresses[(interfaceIndex, ipv6)] = own;
        }

        own.CopyTo(address);
        return own.Length;
    }

    /// <summary>The node's address on an interface; a VIP only where there is no other: it may move, and is what the sender asked for.</summary>
    private byte[] ReadOwnAddress(int interfaceIndex, bool ipv6)
    {
        byte[] vip = [];
        foreach (var one in ReadAddresses(interfaceIndex))
        {
            if (one.Scope != AddressScope.Universe || one.Local.Length != (ipv6 ? 16 : 4))
            {
                continue;
            }

            var address = new byte[one.Local.Length];
            one.Local.CopyTo(address);
            if (!maps.Addresses.TryLookup(new RawAddressKey { Addr = WireAddress.From(one.Local.ToIPAddress()) }, out var known) || (known.Flags & Shared.AddressVip) == 0)
            {
                return address;
            }

            vip = vip.Length == 0 ? address : vip;
        }

        return vip;
    }

    /// <summary>None when the kernel does not say: the interface is gone since the packet came, or its addresses change without end. The error then comes from the VIP.</summary>
    private IReadOnlyList<Address> ReadAddresses(int interfaceIndex)
    {
        try
        {
            return _netlink.GetAddresses(interfaceIndex);
        }
        catch (LinuxException e)
        {
            LogNoAddresses(interfaceIndex, e);
            return [];
        }
    }

    [LoggerMessage(2033, LogLevel.Debug, "The addresses of interface {Interface} could not be read")]
    private partial void LogNoAddresses(int @interface, Exception exception);
}
