using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Loxi.Linux.Sockets;
using Loxi.Nat.RootTests.Support;
using Loxi.Nat.Tables;
using Loxi.TestKit.Packets;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>What the program on the way out refuses: the answer comes by the loopback interface to the stack that has the sender.</summary>
public sealed class OutboundRefusalTests
{
    [Theory]
    [InlineData(4, false)]
    [InlineData(6, false)]
    [InlineData(4, true)]
    [InlineData(6, true)]
    public void ConnectionOfTheNodeItself_IsRefused(int family, bool vipIsLocal) => World.Run(Hook.Tc, family, world =>
    {
        PrepareLoopback();
        using var user = new UserSpace(world);
        using var wire = PacketSocket.Open(Sandbox.IndexOf("v1"));
        using var socket = new Socket(family == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        socket.Blocking = false;
        Start(socket, world);
        var syn = Receive(wire, packet => packet.IsTcp);
        if (vipIsLocal)
        {
            World.Ip($"addr add {world.Vip}/{(family == 4 ? 32 : 128)} dev lo");
        }

        user.Punts.Handle(Punt(RawReason.RefusedNoEndpoint), syn.Bytes.Span);

        user.Punts.Answered.Should().Be(1);
        socket.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectWrite);
        socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error).Should().Be((int)SocketError.ConnectionRefused);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void DatagramOfTheNodeItself_IsAnsweredByIcmp(int family) => World.Run(Hook.Tc, family, world =>
    {
        PrepareLoopback();
        using var user = new UserSpace(world);
        using var wire = PacketSocket.Open(Sandbox.IndexOf("v1"));
        using var socket = new UdpClient(family == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6);
        socket.Connect(IPAddress.Parse(world.Vip), World.Port);
        socket.Send([1]);
        var datagram = Receive(wire, packet => packet.IsUdp);

        user.Punts.Handle(Punt(RawReason.RefusedNoSource), datagram.Bytes.Span);

        socket.Client.ReceiveTimeout = 5000;
        var receive = () => socket.Client.Receive(new byte[10]);
        receive.Should().Throw<SocketException>().Which.SocketErrorCode.Should().BeOneOf(SocketError.HostUnreachable, SocketError.AccessDenied);
    });

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void PacketOfAWorkload_TheAnswerIsForwardedToIt(int family) => World.Run(Hook.Tc, family, world =>
    {
        PrepareLoopback();
        using var user = new UserSpace(world);

        user.Punts.Handle(Punt(RawReason.RefusedPortsExhausted), world.ToVip().Vlan(100).Tcp(40000, World.Port).ToFrame());

        var answer = user.TakeSent().Should().ContainSingle().Subject;
        answer.HasFlags(TcpBits.Rst).Should().BeTrue(answer.ToString());
        (answer.Source!.ToString(), answer.Destination!.ToString(), answer.DestinationMac, answer.Ttl, answer.Vlan).Should()
            .Be((world.Vip, world.Client, World.ClientMac, (byte)63, null));
        answer.ChecksumsValid.Should().BeTrue();
    });

    [Fact]
    public void PacketOnItsWayIn_IsAnsweredByItsInterface() => World.Run(Hook.Tc, 4, world =>
    {
        using var user = new UserSpace(world);

        user.Punts.Handle(Punt(RawReason.RefusedPortsExhausted) with { Flags = 0 }, world.ToVip().Sctp(40000, World.Port, 0, SctpChunk.Init(7)).ToFrame());

        var answer = user.TakeSent().Should().ContainSingle().Subject;
        answer.Chunks.Should().ContainSingle().Which.Type.Should().Be(SctpChunkType.Abort);
        (answer.VerificationTag, answer.DestinationMac, answer.Ttl, answer.ChecksumsValid).Should().Be((7u, World.ClientMac, (byte)64, true));
    });

    private static void PrepareLoopback()
    {
        World.Ip("link set lo up");
        File.WriteAllText("/proc/sys/net/ipv4/conf/lo/accept_local", "1");
        File.WriteAllText("/proc/sys/net/ipv4/conf/lo/rp_filter", "0");
        File.WriteAllText("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
    }

    private static RawPunt Punt(RawReason reason) =>
        new() { Ifindex = (uint)Sandbox.IndexOf("v0"), Reason = (ushort)reason, Flags = Shared.PuntEgress };

    private static void Start(Socket socket, World world)
    {
        try
        {
            socket.Connect(IPAddress.Parse(world.Vip), World.Port);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // The answer to this is what the test is about.
        }
    }

    private static ParsedPacket Receive(PacketSocket wire, Predicate<ParsedPacket> wanted)
    {
        var buffer = new byte[2000];
        while (wire.TryReceive(buffer, out var info, TimeSpan.FromSeconds(5)))
        {
            var packet = new ParsedPacket(buffer.AsSpan(0, info.Length).ToArray());
            if (wanted(packet))
            {
                return packet;
            }
        }

        throw new TimeoutException("What the node sends did not come.");
    }
}
