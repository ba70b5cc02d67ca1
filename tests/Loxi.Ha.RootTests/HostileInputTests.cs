using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Ha.Roles;
using Loxi.Ha.RootTests.Support;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.Wire;
using Loxi.TestKit.Topology;
using Xunit;

namespace Loxi.Ha.RootTests;

/// <summary>What anybody can send changes no role (I12).</summary>
public sealed class HostileInputTests
{
    // A million take a minute: LOXI_HA_DATAGRAMS=1000000.
    private static readonly int Datagrams = int.Parse(Environment.GetEnvironmentVariable("LOXI_HA_DATAGRAMS") ?? "100000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Flood_OfGarbageAndForgeries_ChangesNoRole()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync(static s => s with { Authentication = KeyTests.Enforced });
        using var ofA = new Events(a);
        using var ofB = new Events(b);
        await b.HearMoreAsync(3);

        // A stranger, and somebody who has the address of a peer.
        using var stranger = Open(lab.Stranger, new IPEndPoint(HaLab.First(2), 0), HaLab.First(1));
        using var peer = Open(lab.Hosts[0], new IPEndPoint(HaLab.First(0), 0), HaLab.First(1));
        var random = new Random(1);
        var forged = Forge(0, ulong.MaxValue, 1, HelloRole.Master, new HelloKey(1, [.. Enumerable.Repeat((byte)7, 32)]));
        await Task.Run(() =>
        {
            var garbage = new byte[1400];
            for (var i = 0; i < Datagrams; i++)
            {
                random.NextBytes(garbage);
                Send(stranger, garbage.AsSpan(0, random.Next(garbage.Length)));
                if (i % 4 == 0)
                {
                    var bytes = (byte[])forged.Clone();
                    bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
                    Send(peer, bytes);
                }
            }
        }, TestContext.Current.CancellationToken);

        await ofB.WaitForAsync(HelloAlarm.UnknownSender);
        await ofB.WaitForAsync(HelloAlarm.WrongAuthentication);
        await b.HearMoreAsync(5);
        ofA.Transitions.Should().BeEmpty();
        ofB.Transitions.Should().BeEmpty();
        var status = await b.ReadStatusAsync();
        status.Discards[HelloDiscardReason.WrongAuthentication].Should().BePositive();
        ofB.Seen.Count(static e => e.HelloAlarm == HelloAlarm.UnknownSender).Should().BeLessThan(120, "an alarm a second at most");
    }

    [Fact]
    public async Task Replay_AfterOurRestart_IsRefused()
    {
        await using var lab = new HaLab();
        var (a, b) = await lab.PairAsync(static s => s with { Authentication = KeyTests.Enforced });
        using var capture = lab.Hosts[1].Capture("eth0", static p => p is { IsUdp: true, SourcePort: HelloPort.Number, Outgoing: false });
        var recorded = await capture.WaitForAsync(static _ => true, "a HELLO of node 0");
        await b.HearMoreAsync(3);
        await b.DisposeAsync();
        await a.DisposeAsync();

        var again = lab.Speaker(1);
        using var events = new Events(again);
        await again.ReadyAsync(HaLab.Node(1) with { Authentication = KeyTests.Enforced });
        using (var socket = Open(lab.Hosts[0], new IPEndPoint(HaLab.First(0), HelloPort.Number), HaLab.First(1)))
        {
            Send(socket, recorded.Bytes.Span[(recorded.TransportOffset + 8)..]);
        }

        (await events.WaitForAsync(HelloAlarm.Replay)).Text.Should().Contain("Replayed");
        (await again.ReadStatusAsync()).Peers[0].IsHeard.Should().BeFalse();
        (await events.WaitForRoleAsync(HelloRole.Master)).Transition!.Value.Cause.Should().Be(RoleCause.Alone, "nobody was heard");
    }

    [Fact]
    public async Task OwnId_HeardFromAnother_IsSaid()
    {
        await using var lab = new HaLab();
        var (a, b) = (lab.Speaker(0), lab.Speaker(1));
        using var ofA = new Events(a);
        await a.ReadyAsync(HaLab.Node(0));
        await ofA.WaitForRoleAsync(HelloRole.Master);

        await b.ReadyAsync(HaLab.Node(0) with { Peers = [new RolePeer(1) { Paths = [new RolePath(HaLab.First(0))] }] });

        (await ofA.WaitForAsync(HelloAlarm.DuplicateNodeId)).Text.Should().Contain("has the number of this one").And.Contain("192.0.2.2");
        (await a.GroupAsync()).Role.Should().Be(HelloRole.Master);
        (await a.ReadStatusAsync()).Peers[0].IsHeard.Should().BeFalse();
    }

    [Fact]
    public async Task AnotherVersion_IsNotHeard_AndBothVersionsAreNamed()
    {
        await using var lab = new HaLab();
        var (a, _) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var socket = Open(lab.Hosts[1], new IPEndPoint(HaLab.First(1), 0), HaLab.First(0));
        var later = Forge(1, ulong.MaxValue, 1, HelloRole.Master, null);
        later[4] = 9;

        Send(socket, later);

        var told = await ofA.WaitForAsync(HelloAlarm.OtherVersion);
        told.Text.Should().Contain("node 1 at 192.0.2.2 speaks version 9 of HELLO, this node version 1").And.Contain("both may serve");
        told.Peer.Should().Be(1);
        ofA.Transitions.Should().BeEmpty();
    }

    [Fact]
    public async Task Bootstrap_BehindARouter_IsNotHeard()
    {
        await using var lab = new HaLab();
        var (a, _) = await lab.PairAsync();
        using var ofA = new Events(a);
        using var socket = Open(lab.Hosts[1], new IPEndPoint(HaLab.First(1), 0), HaLab.First(0));
        socket.Ttl = 254;

        Send(socket, Forge(1, ulong.MaxValue, 1, HelloRole.Master, null));

        (await ofA.WaitForAsync(HelloAlarm.WrongAuthentication)).Text.Should().Contain("HopLimit");
        ofA.Transitions.Should().BeEmpty();
    }

    private static byte[] Forge(ushort node, ulong incarnation, ulong sequence, HelloRole role, HelloKey? key)
    {
        var bytes = new byte[HelloLayout.LongestDatagram];
        var writer = new HelloWriter(bytes, key is not null);
        writer.Begin(new HelloHeader { NodeId = node, Incarnation = incarnation, Sequence = sequence }, []);
        writer.TryAdd("default"u8, new Hello { NodeId = node, Incarnation = incarnation, Sequence = sequence, Role = role, Term = ulong.MaxValue, Readiness = Readiness.Ready });
        return bytes[..HelloWriter.Complete(bytes, writer.Finish(), 0, 0, TimeSpan.Zero, key)];
    }

    private static Socket Open(LabHost host, IPEndPoint from, IPAddress to)
    {
        var socket = host.CreateSocket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Ttl = 255;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(from);
        socket.Connect(to, HelloPort.Number);
        return socket;
    }

    private static void Send(Socket socket, ReadOnlySpan<byte> payload)
    {
        try
        {
            socket.Send(payload);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.ConnectionRefused)
        {
            // One less.
        }
    }
}
