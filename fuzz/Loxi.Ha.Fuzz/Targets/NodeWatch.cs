using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using Loxi.Fuzz;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.Wire;
using static Loxi.Fuzz.InvariantException;

namespace Loxi.Ha.Fuzz.Targets;

/// <summary>A node under test and what must hold of it after each step.</summary>
internal sealed class NodeWatch
{
    private const ushort Own = 1;
    private const ulong Incarnation = 1_000;
    private static readonly ushort[] Peers = [0, 2];
    private static readonly HelloKey Key = new(1, "0123456789abcdef"u8);
    private static readonly HelloAuthentication Enforced = new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Key] };
    private static readonly HelloAuthentication Bootstrap = new();

    private readonly HelloAuthentication _authentication;
    private readonly RoleCore _core;
    private readonly HelloPeer[] _peers;
    private readonly List<RoleAction> _actions = [];
    private readonly ulong[] _sequences = [1, 1];
    private HelloRole _role;
    private ulong _term;
    private ulong _ceilingAsked;
    private ulong _sequence;
    private TimeSpan _now = TimeSpan.FromSeconds(1000);

    public NodeWatch(byte first, byte second)
    {
        _authentication = (first & 1) != 0 ? Enforced : Bootstrap;
        var source = (first & 0x0e) switch
        {
            0 => RoleSource.External,
            2 => RoleSource.None,
            _ => RoleSource.Peers,
        };
        _peers = [.. Peers.Select(static id => new HelloPeer(id))];
        foreach (var peer in _peers)
        {
            peer.Paths = [.. Enumerable.Range(0, 2).Select(slot => new HelloPath(peer, new RolePath(new IPAddress([192, 0, 2, (byte)(10 + (peer.Id * 2) + slot)])), slot))];
        }

        _core = new RoleCore(
            new RoleSettings
            {
                NodeId = Own,
                Source = source,
                Peers = source == RoleSource.Peers ? [.. Peers] : [],
                Paths = 2,
                Interval = TimeSpan.FromMilliseconds(10 << (second & 3)),
                Multiplier = 2 + ((second >> 2) & 3),
                Witness = (second & 0x10) != 0,
                DampingTransitions = (second & 0x20) != 0 ? 0 : 3,
            },
            Incarnation);
        _role = _core.Role;
        var memory = new RoleMemory { Ceiling = second, Term = (ulong)(second & 7), ExternalUsed = (second & 0x40) != 0, Pinned = (second & 0x80) != 0 };
        Do((core, now, actions) => core.Start(memory, now, actions));
        if ((first & 0x10) != 0)
        {
            Do((core, now, actions) => core.SetReadiness(Readiness.Ready, now, actions));
        }
    }

    /// <summary>What the engine does with a datagram of a path of the first peer.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, int slot)
    {
        var peer = _peers[0];
        foreach (var one in _peers)
        {
            peer = datagram.Length >= HelloLayout.HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(datagram[HelloLayout.NodeAt..]) == one.Id ? one : peer;
        }

        var before = (peer.Incarnation, peer.Highest, peer.Floor, peer.IsAuthenticated, peer.Paths[slot].LastSequence);
        var reason = HelloCodec.Check(datagram, out var header);
        reason = reason == HelloDiscardReason.None ? _authentication.Verify(datagram, header, 255) : reason;
        reason = reason == HelloDiscardReason.None && header.NodeId != peer.Id ? HelloDiscardReason.WrongNode : reason;
        reason = reason == HelloDiscardReason.None ? peer.Accept(header, peer.Paths[slot]) : reason;
        if (reason != HelloDiscardReason.None)
        {
            Check(before == (peer.Incarnation, peer.Highest, peer.Floor, peer.IsAuthenticated, peer.Paths[slot].LastSequence), "a discarded datagram changes nothing");
            return;
        }

        Check(_authentication.AcceptsUnauthenticated || header.KeyId == Key.Id, "I12: nothing is heard without the key");
        Check(header.Incarnation >= before.Incarnation || !before.IsAuthenticated, "an older run is not heard");
        Check(header.Incarnation != before.Incarnation || header.Sequence >= before.LastSequence || (header.KeyId != 0 && !before.IsAuthenticated), "an older datagram is not heard");
        var heard = HelloCodec.ReadHeard(datagram, header);
        var groups = HelloCodec.ReadGroups(datagram, header);
        while (groups.TryRead(out var entry))
        {
            var hello = entry.ToHello(header, heard);
            Do((core, now, actions) => core.Receive(hello, slot, now, now, actions));
        }
    }

    /// <summary>Bytes that are made to pass the codec's first rules, and authentication when they are signed.</summary>
    public void ReceivePatched(ReadOnlySpan<byte> bytes, byte slot, bool signed)
    {
        Span<byte> datagram = stackalloc byte[HelloLayout.LongestDatagram];
        datagram.Clear();
        bytes.CopyTo(datagram);
        var length = Math.Max(bytes.Length, HelloLayout.HeaderLength);
        Receive(datagram[..Forgery.Sign(datagram, length, signed ? Key : null)], slot & 1);
    }

    /// <summary>A HELLO as peers send it, with any role, term and hearing.</summary>
    public void ReceiveHello(byte who, byte what, byte term, byte run, byte slot)
    {
        var index = who & 1;
        _sequences[index] += (ulong)(run & 3);
        var hello = new Hello
        {
            NodeId = Peers[index],
            Incarnation = 500UL + (ulong)(run >> 6),
            Sequence = _sequences[index],
            Role = (HelloRole)(what & 3),
            Term = (what & 0x80) != 0 ? ulong.MaxValue - term : term,
            Readiness = (Readiness)((what >> 2) % 3),
            Health = (byte)(who & 0xf0),
            Pinned = (who & 2) != 0,
            Claims = (who & 4) != 0,
            HandsOverTo = (who & 8) != 0 ? Own : null,
            Heard = (what & 0x10) != 0 ? [new HeardPeer(Own, Incarnation, _sequence)] : [],
            Masters = (what & 0x20) != 0 ? [new HeardMaster((ushort)(term & 3), term, TimeSpan.FromMilliseconds(run))] : [],
        };
        Span<byte> datagram = stackalloc byte[HelloLayout.LongestDatagram];
        var key = (what & 0x40) != 0 == (_authentication == Enforced) ? null : Key;
        var writer = new HelloWriter(datagram, key is not null);
        writer.Begin(new HelloHeader { NodeId = hello.NodeId, Incarnation = hello.Incarnation, Sequence = hello.Sequence, Part = (byte)(run >> 4 & 1) }, hello.Heard);
        Check(writer.TryAdd("g"u8, hello), "one group has room");
        Receive(datagram[..HelloWriter.Complete(datagram, writer.Finish(), 0, 0, TimeSpan.Zero, key)], slot & 1);
    }

    public void AnswerDisk(bool written)
    {
        var ceiling = _ceilingAsked;
        Do((core, now, actions) =>
        {
            if (written)
            {
                core.TermsReserved(ceiling, now, actions);
            }
            else
            {
                core.TermsNotReserved(now, actions);
            }
        });
    }

    public void AnswerProbe(ImmutableArray<IPAddress> answered) => Do((core, now, actions) => core.VipsProbed(answered, now, actions));

    /// <summary>Time passes, with a tick whenever one is due.</summary>
    public void Advance(TimeSpan time)
    {
        var end = _now + time;
        var half = _core.Settings.Interval / 2;
        while (_now < end)
        {
            var next = _core.NextDeadline(_now);
            Check(next >= _now, "no deadline is in the past");
            next = next < _now + half ? next : _now + half;
            var turns = next == _now ? 1 : 0;
            for (; _core.NextDeadline(_now) <= _now && turns < 8; turns++)
            {
                Tick();
            }

            Check(turns < 8, "a node has not always something to do");
            _now = next > _now ? next : _now + half;
            _now = _now < end ? _now : end;
            Tick();
        }
    }

    /// <summary>The process stands still.</summary>
    public void Stop(TimeSpan time)
    {
        _now += time;
        Tick();
    }

    public void Do(Action<RoleCore, TimeSpan, List<RoleAction>> action)
    {
        action(_core, _now, _actions);
        Look();
    }

    private void Tick() => Do(static (core, now, actions) => core.Tick(now, actions));

    private void Look()
    {
        foreach (var action in _actions)
        {
            Look(action);
        }

        _actions.Clear();
        Check(_core.Role == _role, "every change of role is told");
        Check(!_core.Announces || _core.Role == HelloRole.Master, "only a master announces");
        Span<byte> datagram = stackalloc byte[HelloLayout.LongestDatagram];
        var hello = _core.Describe(++_sequence, _now);
        var writer = new HelloWriter(datagram, isSigned: false);
        writer.Begin(new HelloHeader { NodeId = Own, Incarnation = Incarnation, Sequence = _sequence }, hello.Heard);
        Check(writer.TryAdd("g"u8, hello), "one group has room");
        Check(HelloCodec.Check(datagram[..HelloWriter.Complete(datagram, writer.Finish(), 0, 0, TimeSpan.Zero, null)], out _) == HelloDiscardReason.None, "what is sent can be read");
    }

    private void Look(in RoleAction action)
    {
        switch (action.Kind)
        {
            case RoleActionKind.Transition:
                CheckTransition(action.Transition);
                break;
            case RoleActionKind.SetGates:
                var most = _now + (_core.Settings.AliveAhead ?? _core.Settings.DeadMan);
                Check(action.AliveUntil <= most && action.AnswerUntil <= _now + _core.Settings.DeadMan, "R7: gates stay open for the dead-man time and no longer");
                break;
            case RoleActionKind.ReserveTerms:
                _ceilingAsked = Math.Max(_ceilingAsked, action.Number);
                break;
            case RoleActionKind.ProbePeer:
                Check(Array.IndexOf(Peers, action.Peer) >= 0 && action.Number is > 0 and < 100 && action.After > TimeSpan.Zero, "a peer is asked a few times");
                break;
            default:
                break;
        }
    }

    private void CheckTransition(in RoleTransition transition)
    {
        Check(transition.From == _role, "a transition goes on where the last one ended");
        Check(transition.Time == _now, "a transition is of now");
        _role = transition.To;
        if (transition.To != HelloRole.Master || _core.Source != RoleSource.Peers)
        {
            return;
        }

        Check(transition.Cause is RoleCause.PauseOver ? transition.Term == _term : transition.Term > _term || (transition.Term == ulong.MaxValue && _term == ulong.MaxValue), "I4: a term is used once");
        _term = transition.Term;
    }
}
