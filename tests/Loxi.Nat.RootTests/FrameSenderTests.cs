using FluentAssertions;
using Loxi.Linux.Sockets;
using Loxi.Nat.DataPlane;
using Loxi.Nat.RootTests.Support;
using Loxi.TestKit.Packets;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Loxi.Nat.RootTests;

/// <summary>What user space sends out of links that come and go.</summary>
public sealed class FrameSenderTests
{
    private const ushort TestEtherType = 0x88b5; // IEEE 802 local experimental

    [Fact]
    public void LinksThatComeAndGo_KeepNoDescriptor() => Sandbox.Run(() =>
    {
        using var sender = new FrameSender(NullLogger.Instance);
        var before = Sockets();
        for (var i = 0; i < 10; i++)
        {
            World.Ip("link add v0 type veth peer name v1");
            // The far side first: so the near one has a carrier from its first moment on.
            World.Ip("link set v1 up");
            World.Ip("link set v0 up");
            using (var far = PacketSocket.Open(Sandbox.IndexOf("v1"), new PacketSocketOptions { EtherType = TestEtherType }))
            {
                var frame = Packet.Frame(TestEtherType, new byte[46], World.NodeMac);
                sender.TrySend(Sandbox.IndexOf("v0"), frame).Should().BeTrue();
                var received = new byte[100];
                far.TryReceive(received, out var info, TimeSpan.FromSeconds(5)).Should().BeTrue();
                received[..info.Length].Should().Equal(frame);
            }

            var gone = Sandbox.IndexOf("v0");
            World.Ip("link del v0");
            sender.TrySend(gone, new byte[60]).Should().BeFalse();
            World.Ip("link add v0 type veth peer name v1");
            World.Ip("link set v1 up");
            World.Ip("link set v0 up");
            sender.TrySend(Sandbox.IndexOf("v0"), new byte[60]).Should().BeTrue("the one that went does not matter to others");
            sender.TrySend(Sandbox.IndexOf("v0"), new byte[1700]).Should().BeFalse("it is longer than the link takes");
            World.Ip("link del v0");
        }

        Sockets().Should().BeLessThanOrEqualTo(before + 1);
    });

    private static int Sockets()
    {
        // What earlier tests dropped is closed first.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Count(path => new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
    }
}
