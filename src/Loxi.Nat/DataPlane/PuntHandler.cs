using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Loxi.Ebpf.Native.Maps;
using Loxi.Linux;
using Loxi.Linux.Netlink;
using Loxi.Nat.Fragments;
using Loxi.Nat.Refusals;
using Loxi.Nat.Statistics;
using Loxi.Nat.Tables;
using Microsoft.Extensions.Logging;

namespace Loxi.Nat.DataPlane;

/// <summary>
/// Answers what the programs refuse (RST, ICMP), rate-limited by source, and holds later fragments until their first one has made an
/// entry. Before a first fragment releases the others, what is in the ring is taken, so that those are seen that came before it.
/// </summary>
internal sealed partial class PuntHandler : IAsyncDisposable
{
    // What is handled while the lock is held: the thread of the other ring may wait for it.
    private const int Batch = 256;

    private static readonly TimeSpan AddressLifetime = TimeSpan.FromSeconds(1);

    private readonly NatMaps _maps;
    private readonly RingBufferReader _punts;
    private readonly RefusalLimiter _limiter;
    private readonly HeldFragments _fragments;
    private readonly FrameSender _sender;
    private readonly RtnetlinkClient _netlink = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<(int Interface, bool Ipv6), byte[]> _addresses = [];
    private readonly Lock _gate = new();
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];
    private long _addressesRead;
    private readonly byte[] _tagged = new byte[Shared.PuntWhole + 8];

    public PuntHandler(NatMaps maps, TimeProvider time, Random random, ILogger logger)
    {
        _maps = maps;
        _time = time;
        _logger = logger;
        Failures = new RecordFailures(time, logger);
        _addressesRead = time.GetTimestamp();
        _punts = new RingBufferReader(maps.Punts);
        _limiter = new RefusalLimiter(time, (ulong)random.NextInt64());
        _sender = new FrameSender(logger);
        _fragments = new HeldFragments(maps, _sender, time, (ulong)random.NextInt64());
    }

    /// <summary>Records of the rings that could not be handled.</summary>
    public RecordFailures Failures { get; }

    /// <summary>Answers sent.</summary>
    public long Answered { get; private set; }

    /// <summary>Answers by kind.</summary>
    public ImmutableArray<AnswerCounter> ReadAnswers() =>
        [.. Enum.GetValues<RefusalKind>().Select(kind => new AnswerCounter(kind, _limiter.Granted(kind), _limiter.Suppressed(kind)))];

    /// <summary>What became of the fragments that were held.</summary>
    public FragmentCounters Fragments => _fragments.Counters;

    /// <summary>Takes packets from the ring until cancelled.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(static reader => ((RingBufferReader)reader!).Wake(), _punts);
        while (!cancellationToken.IsCancellationRequested)
        {
            Take();
            _punts.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Handles packets that are in the ring. Returns how many; there may be more.</summary>
    public int Take()
    {
        // A ring has one reader at a time.
        lock (_gate)
        {
            return _punts.Consume(this, static (record, self) => self.OnRecord(record), Batch);
        }
    }

    /// <summary>The first fragment of a datagram has made an entry: those that are held follow it.</summary>
    public void OnFirstFragment(in RawEvent e)
    {
        lock (_gate)
        {
            // What came before the event was put into the other ring.
            while (Take() == Batch)
            {
            }

            _fragments.Release(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _fragments.DisposeAsync().ConfigureAwait(false);
        _punts.Dispose();
        _netlink.Dispose();
        _sender.Dispose();
    }

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        try
        {
            OnPunt(record);
        }
        catch (Exception e)
        {
            Failures.Note(e);
        }
    }

    private void OnPunt(ReadOnlySpan<byte> record)
    {
        ref readonly var punt = ref MemoryMarshal.AsRef<RawPunt>(record);
        var frame = WithTag(punt, record.Slice(Marshal.SizeOf<RawPunt>(), (int)punt.Captured));
        if (punt.Reason == (ushort)RawReason.HeldFragment)
        {
            _fragments.Hold(frame);
        }
        else
        {
            Answer(punt, frame);
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
            Answered += _sender.TrySend((int)punt.Ifindex, _reply.AsSpan(0, length)) ? 1 : 0;
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

    /// <summary>Asked of the kernel once a second at most: many packets may be refused in that time.</summary>
    private int OwnAddress(int interfaceIndex, bool ipv6, Span<byte> address)
    {
        if (_time.GetElapsedTime(_addressesRead) >= AddressLifetime)
        {
            _addresses.Clear();
            _addressesRead = _time.GetTimestamp();
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
            if (!_maps.Addresses.TryLookup(new RawAddressKey { Addr = WireAddress.From(one.Local.ToIPAddress()) }, out var known) || (known.Flags & Shared.AddressVip) == 0)
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
