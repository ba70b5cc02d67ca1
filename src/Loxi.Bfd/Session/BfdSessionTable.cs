using System.Diagnostics.CodeAnalysis;
using Loxi.Bfd.Wire;
using Loxi.Linux;

namespace Loxi.Bfd.Session;

/// <summary>
/// The sessions of a system: gives them their discriminators and each datagram to the one that it is for (RFC 5880 6.3, 6.8.6). Pure,
/// as the sessions are; receiving allocates nothing. Not safe for concurrent calls.
/// </summary>
public sealed class BfdSessionTable
{
    private readonly Dictionary<uint, BfdSession> _byDiscriminator = [];
    private readonly Dictionary<BfdDemultiplexKey, BfdSession> _byKey = [];
    private readonly ulong[] _discards = new ulong[(int)BfdDiscardReason.Outdated + 1];
    private readonly Random _random;

    /// <summary>Makes an empty table.</summary>
    /// <param name="random">Gives discriminators, first sequence numbers, cookies and jitter. What it gives should not be guessable from outside.</param>
    /// <exception cref="ArgumentNullException"><paramref name="random"/> is null.</exception>
    public BfdSessionTable(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        _random = random;
    }

    /// <summary>The sessions, in no order.</summary>
    public IReadOnlyCollection<BfdSession> Sessions => _byDiscriminator.Values;

    /// <summary>Makes a session.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="localAddress">The own address when the settings leave it open and the transport has chosen it; else none.</param>
    /// <param name="interfaceIndex">Index of the interface of the settings, or of the scope of a link-local peer; 0 when the session is not bound to one.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <returns>The session; its <see cref="BfdSession.Deadline"/> says when its first tick is due.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="settings"/> is null.</exception>
    /// <exception cref="ArgumentException">The settings are wrong, or a first packet for it could not be told from one for a session that is there.</exception>
    public BfdSession Add(BfdSessionSettings settings, InternetAddress localAddress, int interfaceIndex, long now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Check(settings);
        var key = KeyOf(settings, localAddress, interfaceIndex);
        if (_byKey.TryGetValue(key, out var other))
        {
            throw new ArgumentException($"The session with {settings.PeerAddress} has the same addresses, interface and kind as the one with {other.Settings.PeerAddress}.", nameof(settings));
        }

        var session = new BfdSession(settings, NewDiscriminator(), _random, now) { Key = key };
        _byDiscriminator.Add(session.LocalDiscriminator, session);
        _byKey.Add(key, session);
        return session;
    }

    /// <summary>Takes a session away.</summary>
    /// <param name="session">The session.</param>
    /// <returns>False when it is not here.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="session"/> is null.</exception>
    public bool Remove(BfdSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (!_byDiscriminator.TryGetValue(session.LocalDiscriminator, out var found) || found != session)
        {
            return false;
        }

        _byDiscriminator.Remove(session.LocalDiscriminator);
        _byKey.Remove(session.Key);
        return true;
    }

    /// <summary>Binds a session anew, because its interface was made again or another own address was chosen.</summary>
    /// <param name="session">A session of this table.</param>
    /// <param name="localAddress">As for <see cref="Add"/>.</param>
    /// <param name="interfaceIndex">As for <see cref="Add"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="session"/> is null.</exception>
    /// <exception cref="ArgumentException">The session is not here, or another one has these addresses, interface and kind.</exception>
    public void Rebind(BfdSession session, InternetAddress localAddress, int interfaceIndex)
    {
        ArgumentNullException.ThrowIfNull(session);
        var key = KeyOf(session.Settings, localAddress, interfaceIndex);
        if (!_byKey.TryGetValue(session.Key, out var found) || found != session)
        {
            throw new ArgumentException($"The session with {session.Settings.PeerAddress} is not in this table.", nameof(session));
        }

        if (_byKey.TryGetValue(key, out var other) && other != session)
        {
            throw new ArgumentException($"The session with {other.Settings.PeerAddress} has the same addresses, interface and kind.", nameof(session));
        }

        _byKey.Remove(session.Key);
        session.Key = key;
        _byKey.Add(key, session);
    }

    /// <summary>Finds the session whose place settings would take.</summary>
    internal bool TryFind(BfdSessionSettings settings, int interfaceIndex, [MaybeNullWhen(false)] out BfdSession session) =>
        _byKey.TryGetValue(KeyOf(settings, default, interfaceIndex), out session);

    /// <summary>Finds a session.</summary>
    /// <param name="discriminator">Its local discriminator.</param>
    /// <param name="session">The session.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGet(uint discriminator, [MaybeNullWhen(false)] out BfdSession session) => _byDiscriminator.TryGetValue(discriminator, out session);

    /// <summary>Datagrams that were discarded for a reason before it was known whose they are. The others are in <see cref="BfdSession.GetDiscards"/>.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>How many.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reason.</exception>
    public ulong GetDiscards(BfdDiscardReason reason)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)reason, _discards.Length - 1, nameof(reason));
        return _discards[(int)reason];
    }

    /// <summary>A datagram has come.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="now">The time, in nanoseconds.</param>
    /// <param name="transmit">Room for a packet, <see cref="BfdSession.TransmitLength"/> bytes.</param>
    /// <param name="session">The session that it was for; null when there is none.</param>
    /// <returns>What to do for <paramref name="session"/>. Without one nothing but <see cref="BfdStep.Discard"/> is set.</returns>
    /// <exception cref="ArgumentException"><paramref name="transmit"/> is too short.</exception>
    public BfdStep Receive(in BfdDatagram datagram, long now, Span<byte> transmit, out BfdSession? session) => datagram.Channel == BfdChannel.Echo
        ? ReceiveEcho(datagram, now, transmit, out session)
        : ReceiveControl(datagram, now, transmit, out session);

    internal static void Check(BfdSessionSettings settings)
    {
        var problems = BfdSessionValidator.Validate(settings);
        if (!problems.IsEmpty)
        {
            throw new ArgumentException(string.Join("; ", problems), nameof(settings));
        }
    }

    internal static bool IsSame(BfdSessionSettings one, BfdSessionSettings other) => one.Kind == other.Kind && one.PeerAddress.Equals(other.PeerAddress)
        && Equals(one.LocalAddress, other.LocalAddress) && one.Interface == other.Interface && one.PointToPoint == other.PointToPoint;

    internal static BfdDemultiplexKey KeyOf(BfdSessionSettings settings, InternetAddress localAddress, int interfaceIndex)
    {
        var local = settings.LocalAddress is null ? localAddress : settings.LocalAddress;
        return settings.PointToPoint
            ? new BfdDemultiplexKey(settings.Kind, default, default, interfaceIndex, settings.PeerAddress.AddressFamily)
            : new BfdDemultiplexKey(settings.Kind, settings.PeerAddress, local, interfaceIndex, settings.PeerAddress.AddressFamily);
    }

    private BfdStep ReceiveControl(in BfdDatagram datagram, long now, Span<byte> transmit, out BfdSession? session)
    {
        session = null;
        var reason = BfdControlCodec.Read(datagram.Payload, out var packet);
        if (reason != BfdDiscardReason.None)
        {
            return Discard(reason);
        }

        var kind = datagram.Channel == BfdChannel.Multihop ? BfdSessionKind.Multihop : BfdSessionKind.SingleHop;
        if (packet.YourDiscriminator != 0)
        {
            // 6.3: by the discriminator alone; addresses and interface may change.
            if (!_byDiscriminator.TryGetValue(packet.YourDiscriminator, out session))
            {
                return Discard(BfdDiscardReason.UnknownYourDiscriminator);
            }
        }
        else if (packet.State is not (BfdState.Down or BfdState.AdminDown))
        {
            return Discard(BfdDiscardReason.YourDiscriminatorZero);
        }
        else if (!TryFind(datagram, kind, out session))
        {
            return Discard(BfdDiscardReason.UnknownPeer);
        }

        return session.Settings.Kind == kind ? session.Receive(datagram, packet, now, transmit) : session.DiscardPort();
    }

    private BfdStep ReceiveEcho(in BfdDatagram datagram, long now, Span<byte> transmit, out BfdSession? session)
    {
        if (BfdEchoPacket.TryRead(datagram.Payload, out var echo) && _byDiscriminator.TryGetValue(echo.Discriminator, out session))
        {
            return session.ReceiveEcho(echo, datagram.Arrival, now, transmit);
        }

        // RFC 9747: our own packets, which carry our discriminator from the first on.
        if (BfdControlCodec.Read(datagram.Payload, out var packet) == BfdDiscardReason.None
            && _byDiscriminator.TryGetValue(packet.MyDiscriminator, out session)
            && session.Settings.Kind == BfdSessionKind.UnaffiliatedEcho)
        {
            return session.ReceiveUnaffiliated(datagram, packet, now, transmit);
        }

        // A peer's, for us to return. What is in it is the peer's affair (RFC 5880 5); that it comes from one hop away is not.
        if (!TryFind(datagram, BfdSessionKind.SingleHop, out session))
        {
            return Discard(BfdDiscardReason.EchoUnknown);
        }

        return session.ReturnEcho(datagram.Ttl, now);
    }

    private bool TryFind(in BfdDatagram datagram, BfdSessionKind kind, [NotNullWhen(true)] out BfdSession? session)
    {
        var key = new BfdDemultiplexKey(kind, datagram.Source, datagram.Destination, datagram.InterfaceIndex, datagram.Source.Family);
        return _byKey.TryGetValue(key, out session)
            || _byKey.TryGetValue(key with { Local = default }, out session)
            || _byKey.TryGetValue(key with { InterfaceIndex = 0 }, out session)
            || _byKey.TryGetValue(key with { Local = default, InterfaceIndex = 0 }, out session)
            // RFC 5881 6: on a point-to-point link the source address identifies nothing.
            || _byKey.TryGetValue(key with { Peer = default, Local = default }, out session);
    }

    private BfdStep Discard(BfdDiscardReason reason)
    {
        _discards[(int)reason]++;
        return new BfdStep { Discard = reason, Deadline = long.MaxValue };
    }

    /// <summary>6.8.1: random, not zero, unique on this system.</summary>
    private uint NewDiscriminator()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        uint discriminator;
        do
        {
            _random.NextBytes(bytes);
            discriminator = BitConverter.ToUInt32(bytes);
        }
        while (discriminator == 0 || _byDiscriminator.ContainsKey(discriminator));

        return discriminator;
    }
}
