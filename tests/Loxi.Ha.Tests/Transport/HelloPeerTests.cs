using System.Net;
using FluentAssertions;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Engine;
using Loxi.Ha.Transport.Wire;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

public sealed class HelloPeerTests
{
    private readonly HelloPeer _peer = new(2);
    private readonly HelloPath _a;
    private readonly HelloPath _b;

    public HelloPeerTests()
    {
        _a = new HelloPath(_peer, new RolePath(IPAddress.Parse("192.0.2.2")), 0);
        _b = new HelloPath(_peer, new RolePath(IPAddress.Parse("198.51.100.2")), 1);
        _peer.Paths = [_a, _b];
    }

    [Fact]
    public void SameHello_CountsOnceOnEachPath()
    {
        Take(_a, 5, 10).Should().Be(HelloDiscardReason.None);
        Take(_b, 5, 10).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 10).Should().Be(HelloDiscardReason.Replayed);
        Take(_a, 5, 10, part: 1).Should().Be(HelloDiscardReason.None, "another part of the same HELLO");
        Take(_a, 5, 9).Should().Be(HelloDiscardReason.Replayed);
    }

    [Fact]
    public void PathFarBehind_IsAReplay()
    {
        Take(_b, 5, 10).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 100).Should().Be(HelloDiscardReason.None);
        Take(_b, 5, 100 - HelloPeer.Window - 1).Should().Be(HelloDiscardReason.Replayed, "never delivered, kept back and sent later");
        Take(_b, 5, 100 - HelloPeer.Window).Should().Be(HelloDiscardReason.None);
    }

    [Fact]
    public void EarlierRun_IsStale_LaterBeginsAnew()
    {
        Take(_a, 5, 100).Should().Be(HelloDiscardReason.None);
        Take(_a, 6, 1).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 101).Should().Be(HelloDiscardReason.StaleIncarnation);
        Take(_b, 6, 1).Should().Be(HelloDiscardReason.None);
    }

    [Fact]
    public void Restored_RefusesWhatTheFormerRunHasHeard()
    {
        _peer.Restore(5, 100);
        Take(_a, 5, 100).Should().Be(HelloDiscardReason.Replayed);
        Take(_a, 4, 1000).Should().Be(HelloDiscardReason.StaleIncarnation);
        Take(_a, 5, 101).Should().Be(HelloDiscardReason.None);
    }

    [Fact]
    public void UnauthenticatedRun_YieldsToAnAuthenticatedOne_AndNeverTheOtherWayRound()
    {
        Take(_a, ulong.MaxValue, 1, keyId: 0).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 1).Should().Be(HelloDiscardReason.None, "what anybody can have said does not lock the peer out");
        Take(_a, 5, ulong.MaxValue, keyId: 0).Should().Be(HelloDiscardReason.NotAuthenticated, "it would lock out what comes next");
        Take(_a, 5, 2).Should().Be(HelloDiscardReason.None);
        Take(_a, 4, 50).Should().Be(HelloDiscardReason.StaleIncarnation);
    }

    [Fact]
    public void SequenceThatAnybodyCanHaveSaid_DoesNotLockOutTheSameRunWithAKey()
    {
        Take(_a, 5, ulong.MaxValue, keyId: 0).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 7).Should().Be(HelloDiscardReason.None);
        Take(_b, 5, 8).Should().Be(HelloDiscardReason.None);
        Take(_a, 5, 7).Should().Be(HelloDiscardReason.Replayed);
    }

    private static HelloDiscardReason Take(HelloPath path, ulong incarnation, ulong sequence, byte part = 0, ushort keyId = 1) =>
        path.Peer.Accept(new HelloHeader { Incarnation = incarnation, Sequence = sequence, Part = part, KeyId = keyId }, path);
}
