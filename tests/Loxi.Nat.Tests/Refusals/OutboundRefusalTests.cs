using FluentAssertions;
using Loxi.Nat.Refusals;
using Xunit;

namespace Loxi.Nat.Tests.Refusals;

/// <summary>Answers to packets that were on their way out: for the loopback interface.</summary>
public sealed class OutboundRefusalTests
{
    private static readonly byte[] Node4 = [192, 0, 2, 1];
    private readonly byte[] _reply = new byte[RefusalBuilder.MaxReplyLength];

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Answer_HasNoMacsAndNoTags(int tags)
    {
        var frame = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2)), tags);

        var inbound = Answer(frame, isOutbound: false)!;
        Answer(frame, isOutbound: true).Should().Equal([.. new byte[12], 8, 0, .. inbound[(14 + (4 * tags))..]]);
    }

    [Fact]
    public void SenderThatAsksItsOwnVip_AnsweredOnlyThere()
    {
        var frame = Frames.Ethernet(Frames.Ipv4(6, Frames.Tcp(2, Frames.Vip4, Frames.Vip4), Frames.Vip4, Frames.Vip4));

        Answer(frame, isOutbound: false).Should().BeNull();
        Answer(frame, isOutbound: true).Should().NotBeNull();
    }

    private byte[]? Answer(byte[] frame, bool isOutbound) =>
        RefusalBuilder.TryBuild(frame, RefusalKind.HostUnreachable, Node4, 0, isOutbound, _reply, out var length, out _) ? _reply[..length] : null;
}
