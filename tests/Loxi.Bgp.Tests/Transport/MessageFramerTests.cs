using System.Buffers;
using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

/// <summary>What was read, cut into messages, however it lies in buffers.</summary>
public sealed class MessageFramerTests
{
    [Fact]
    public void EverySplit_GivesTheSameMessages()
    {
        byte[] octets = [.. Messages.Keepalive, .. Messages.Update(23), .. Messages.Update(60), .. Messages.Keepalive, .. Messages.Update(40)];
        for (var a = 0; a <= octets.Length; a++)
        {
            for (var b = a; b <= octets.Length; b += 7)
            {
                Cut(octets[..a], octets[a..b], octets[b..]).Should().Equal(["4:19", "2:23", "2:60", "4:19", "2:40"], $"split at {a} and {b}");
            }
        }
    }

    [Fact]
    public void UpdatesInOneBuffer_ComeAsOneRun()
    {
        var buffer = new ReadOnlySequence<byte>([.. Messages.Update(23), .. Messages.Update(60), .. Messages.Keepalive, .. Messages.Update(40)]);
        var framer = new MessageFramer();
        framer.Next(ref buffer, 4096, out var run, out _, out _).Should().Be(ParseStatus.Done);
        run.Length.Should().Be(83);
        framer.Next(ref buffer, 4096, out run, out var header, out _).Should().Be(ParseStatus.Done);
        header.Type.Should().Be(MessageType.Keepalive);
    }

    [Fact]
    public void CutMessage_IsLeft()
    {
        var octets = Messages.Update(60);
        for (var length = 0; length < octets.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(octets, 0, length);
            new MessageFramer().Next(ref buffer, 4096, out _, out _, out _).Should().Be(ParseStatus.NeedMore);
            buffer.Length.Should().Be(length);
        }
    }

    [Fact]
    public void TooLongMessage_IsInvalidInEverySplit()
    {
        var octets = Messages.Update(5000);
        foreach (var at in new[] { 5000, 5, 17, 18, 19, 4000 })
        {
            var buffer = Sequence(octets[..at], octets[at..], []);
            new MessageFramer().Next(ref buffer, 4096, out _, out _, out var error).Should().Be(ParseStatus.Invalid);
            (error.Code, error.Subcode).Should().Be((BgpErrorCode.MessageHeader, HeaderSubcode.BadMessageLength));
        }
    }

    private static List<string> Cut(params byte[][] parts)
    {
        var buffer = Sequence(parts);
        var framer = new MessageFramer();
        var messages = new List<string>();
        while (framer.Next(ref buffer, 4096, out var run, out _, out _) == ParseStatus.Done)
        {
            for (; MessageHeader.Read(run, 4096, out var header, out _) == ParseStatus.Done; run = run[header.Length..])
            {
                messages.Add($"{(int)header.Type}:{header.Length}");
            }
        }

        buffer.Length.Should().Be(0);
        return messages;
    }

    private static ReadOnlySequence<byte> Sequence(params byte[][] parts)
    {
        var first = new BufferSegment(parts[0]);
        var last = parts.Skip(1).Aggregate(first, static (segment, part) => segment.Append(part));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
