using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Linux.Sockets;
using Loxi.Linux.Time;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Answers what the programs refuse (RST, ICMP), rate-limited by source, and holds later fragments until their first one has made an
/// entry. One thread takes both rings, so that a fragment is always seen before the event that releases it.
/// </summary>
internal sealed partial class PuntHandler : IDisposable
{
    private readonly NatMaps _maps;
    private readonly RingBufferReader _punts;
    private readonly RefusalLimiter _limiter;
    private readonly FragmentHolder _fragments;
    private readonly RtnetlinkClient _netlink = new();
    private readonly Dictionary<int, PacketSocket> _sockets = [];
    private readonly Lock _gate = new();
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];
    private readonly byte[] _tagged = new byte[Shared.PuntWhole + 8];
    private readonly byte[] _held = new byte[65_575 + 22];
    private readonly byte[] _rewritten = new byte[65_575 + 22];
    private readonly ILogger _logger;

    public PuntHandler(NatMaps maps, TimeProvider time, Random random, ILogger logger)
    {
        _maps = maps;
        _logger = logger;
        _punts = new RingBufferReader(maps.Punts);
        _limiter = new RefusalLimiter(time, (ulong)random.NextInt64());
        _fragments = new FragmentHolder((ulong)random.NextInt64());
    }

    /// <summary>Answers sent.</summary>
    public long Answered { get; private set; }

    /// <summary>Answers by kind.</summary>
    public ImmutableArray<AnswerCounter> ReadAnswers() =>
        [.. Enum.GetValues<RefusalKind>().Select(kind => new AnswerCounter(kind, _limiter.Granted(kind), _limiter.Suppressed(kind)))];

    /// <summary>Takes packets from the ring until cancelled.</summary>
    public void Run(CancellationToken cancellationToken) => _punts.Run(OnPunt, cancellationToken);

    /// <summary>The first fragment of a datagram has made an entry: those that are held follow it.</summary>
    public void OnFirstFragment(in RawEvent e)
    {
        lock (_gate)
        {
            // What came before the event was put into the other ring.
            _punts.Consume(OnPunt);
            var key = new FragmentKey(WireAddress.ToNumber(e.Saddr), WireAddress.ToNumber(e.Daddr), e.Id, e.Proto);
            while (_fragments.TryTake(key, _held, out var length))
            {
                Release(e, _held.AsSpan(0, length));
            }
        }
    }

    public void Dispose()
    {
        _punts.Dispose();
        _netlink.Dispose();
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    private void OnPunt(ReadOnlySpan<byte> record)
    {
        lock (_gate)
        {
            ref readonly var punt = ref MemoryMarshal.AsRef<RawPunt>(record);
            var frame = WithTag(punt, record.Slice(Marshal.SizeOf<RawPunt>(), (int)punt.Captured));
            if (punt.Reason == (ushort)RawReason.HeldFragment)
            {
                _fragments.TryAdd(frame, TimeSpan.FromTicks(MonotonicClock.Nanoseconds / 100));
            }
            else
            {
                Answer(punt, frame);
            }
        }
    }

    /// <summary>The kernel takes the outer tag off a frame; the answer needs it back.</summary>
    private ReadOnlySpan<byte> WithTag(in RawPunt punt, ReadOnlySpan<byte> frame)
    {
        if (punt.Vlan[0] == 0 || frame.Length < 12 || frame.Length + 4 > _tagged.Length)
        {
            return frame;
        }

        frame[..12].CopyTo(_tagged);
        _tagged[12] = 0x81;
        _tagged[13] = 0x00;
        _tagged[14] = (byte)(punt.Vlan[0] >> 8);
        _tagged[15] = (byte)punt.Vlan[0];
        frame[12..].CopyTo(_tagged.AsSpan(16));
        return _tagged.AsSpan(0, frame.Length + 4);
    }

    private void Answer(in RawPunt punt, ReadOnlySpan<byte> frame)
    {
        if (RefusedPacket.Parse(frame, out var packet) != RefusalSkip.None)
        {
            return;
        }

        var kind = KindOf((RawReason)punt.Reason, packet.Protocol);
        Span<byte> own = stackalloc byte[16];
        var ownLength = IsAboutThePath((RawReason)punt.Reason) ? OwnAddress((int)punt.Ifindex, packet.IsIpv6, own) : 0;
        if (RefusalBuilder.TryBuild(frame, kind, own[..ownLength], punt.Mtu, _reply, out var length, out _)
            && _limiter.TryTake(kind, frame.Slice(packet.SourceOffset, packet.AddressLength)))
        {
            Send((int)punt.Ifindex, _reply.AsSpan(0, length));
        }
    }

    private static RefusalKind KindOf(RawReason reason, byte protocol) => reason switch
    {
        RawReason.RefusedTtl => RefusalKind.TimeExceeded,
        RawReason.RefusedTooBig => RefusalKind.PacketTooBig,
        RawReason.RefusedNoRoute => RefusalKind.HostUnreachable,
        _ when protocol == RefusalRules.Tcp => RefusalKind.TcpReset,
        RawReason.RefusedTableFull or RawReason.RefusedCollision => RefusalKind.AdminProhibited,
        _ => RefusalKind.PortUnreachable,
    };

    /// <summary>Errors about the way come from the router, the others from the VIP.</summary>
    private static bool IsAboutThePath(RawReason reason) => reason is RawReason.RefusedTtl or RawReason.RefusedTooBig or RawReason.RefusedNoRoute;

    /// <summary>The node's address on an interface; a VIP only where there is no other: it may move, and is what the sender asked for.</summary>
    private int OwnAddress(int interfaceIndex, bool ipv6, Span<byte> address)
    {
        var length = 0;
        foreach (var one in _netlink.GetAddresses(interfaceIndex))
        {
            if (one.Scope != AddressScope.Universe || one.Local.Length != (ipv6 ? 16 : 4))
            {
                continue;
            }

            var isVip = _maps.Addresses.TryLookup(new RawAddressKey { Addr = WireAddress.From(one.Local.ToIPAddress()) }, out var known) && (known.Flags & Shared.AddressVip) != 0;
            if (length == 0 || !isVip)
            {
                length = one.Local.CopyTo(address);
            }

            if (!isVip)
            {
                break;
            }
        }

        return length;
    }

    private void Release(in RawEvent e, ReadOnlySpan<byte> frame)
    {
        if (TryFindFlow(e, out var flow, out var source, out var destination)
            && FragmentRewriter.TryRewrite(frame, new FragmentTranslation(source, destination, ToMac(flow.Smac), ToMac(flow.Dmac), false), _rewritten, out var length))
        {
            Send((int)flow.Ifindex, _rewritten.AsSpan(0, length));
        }
    }

    private bool TryFindFlow(in RawEvent e, out RawFlow flow, out UInt128 source, out UInt128 destination)
    {
        if (e.Family == 4)
        {
            var key = new RawFlowKey4 { Saddr = WireAddress.ToWord(e.Saddr), Daddr = WireAddress.ToWord(e.Daddr), Sport = e.Sport, Dport = e.Dport, Proto = e.Proto };
            var found = _maps.Flow4.TryLookup(key, out flow);
            source = WireAddress.ToNumber(flow.Xsaddr4);
            destination = WireAddress.ToNumber(flow.Xdaddr4);
            return found;
        }

        var key6 = new RawFlowKey6 { Saddr = e.Saddr, Daddr = e.Daddr, Sport = e.Sport, Dport = e.Dport, Proto = e.Proto };
        var found6 = _maps.Flow6.TryLookup(key6, out flow);
        source = WireAddress.ToNumber(flow.Xsaddr6);
        destination = WireAddress.ToNumber(flow.Xdaddr6);
        return found6;
    }

    private static ulong ToMac(Bytes6 mac)
    {
        ReadOnlySpan<byte> bytes = mac;
        var number = 0UL;
        foreach (var one in bytes)
        {
            number = (number << 8) | one;
        }

        return number;
    }

    private void Send(int interfaceIndex, ReadOnlySpan<byte> frame)
    {
        try
        {
            if (!_sockets.TryGetValue(interfaceIndex, out var socket))
            {
                socket = PacketSocket.Open(interfaceIndex, new PacketSocketOptions { EtherType = 0 });
                _sockets[interfaceIndex] = socket;
            }

            socket.Send(frame);
            Answered++;
        }
        catch (LinuxException e)
        {
            // The link went down or away: the socket is made anew when there is something to send.
            LogSendFailed(interfaceIndex, e);
            if (_sockets.Remove(interfaceIndex, out var broken))
            {
                broken.Dispose();
            }
        }
    }

    [LoggerMessage(2030, LogLevel.Warning, "An answer could not be sent on interface {Interface}")]
    private partial void LogSendFailed(int @interface, Exception exception);
}
