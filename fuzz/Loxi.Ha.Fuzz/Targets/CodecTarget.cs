using Loxi.Fuzz;
using Loxi.Ha.Roles;
using Loxi.Ha.Transport;
using Loxi.Ha.Transport.Wire;
using static Loxi.Fuzz.InvariantException;

namespace Loxi.Ha.Fuzz.Targets;

/// <summary>Any bytes, to the codec and to what judges authentication: nothing throws, and what is read is the same when it is written and read again.</summary>
internal static class CodecTarget
{
    private static readonly HelloKey Key = new(1, "another key, that"u8);
    private static readonly HelloAuthentication Enforced = new() { Mode = HelloAuthenticationMode.Enforce, Keys = [Key] };
    private static readonly HelloAuthentication Bootstrap = new();

    public static void Run(ReadOnlySpan<byte> input)
    {
        RunOne(input);
        // Most inputs end at their first octets: the same with those put right.
        if (input.Length is >= HelloLayout.HeaderLength and <= HelloLayout.LongestDatagram)
        {
            Span<byte> like = stackalloc byte[input.Length];
            input.CopyTo(like);
            Forgery.PutRight(like);
            RunOne(like);
        }
    }

    private static void RunOne(ReadOnlySpan<byte> input)
    {
        if (HelloCodec.Check(input, out var header) != HelloDiscardReason.None)
        {
            Check(header == default, "a discarded datagram has no fields");
            return;
        }

        Check(header.ContentLength <= input.Length && header is { Incarnation: > 0, Sequence: > 0 }, "the fields are in their ranges");
        Check(Enforced.Verify(input, header, 255) is HelloDiscardReason.NotAuthenticated or HelloDiscardReason.UnknownKey or HelloDiscardReason.WrongAuthentication, "nobody guesses a key");
        Check(Bootstrap.Verify(input, header, 254) != HelloDiscardReason.None, "what passed a router is not heard");
        var heard = HelloCodec.ReadHeard(input, header);
        Check(heard.Length == header.Heard, "all that are heard are read");
        var writer = new HelloWriter(stackalloc byte[HelloLayout.LongestDatagram], isSigned: false);
        writer.Begin(header, heard);
        var groups = HelloCodec.ReadGroups(input, header);
        var count = 0;
        while (groups.TryRead(out var entry))
        {
            Check(writer.TryAdd(entry.Name, entry.ToHello(header, heard)), "what came in one datagram goes in one");
            count++;
        }

        Check(count == header.Groups, "all groups are read");
        CheckAgain(input, header, count);
    }

    private static void CheckAgain(ReadOnlySpan<byte> input, in HelloHeader header, int count)
    {
        Span<byte> bytes = stackalloc byte[HelloLayout.LongestDatagram];
        var heard = HelloCodec.ReadHeard(input, header);
        var writer = new HelloWriter(bytes, isSigned: false);
        writer.Begin(header, heard);
        var groups = HelloCodec.ReadGroups(input, header);
        while (groups.TryRead(out var entry))
        {
            writer.TryAdd(entry.Name, entry.ToHello(header, heard));
        }

        var flags = (byte)((header.IsRequest ? HelloLayout.RequestFlag : 0) | (header.IsAnswer ? HelloLayout.AnswerFlag : 0));
        var written = bytes[..HelloWriter.Complete(bytes, writer.Finish(), flags, header.EchoSequence, TimeSpan.FromMicroseconds(header.EchoDelay), null, header.WallClock)];
        Check(HelloCodec.Check(written, out var again) == HelloDiscardReason.None && again == header with { KeyId = 0 }, "a header that was read is written back");
        Check(HelloCodec.ReadHeard(written, again).AsSpan().SequenceEqual(heard.AsSpan()), "who is heard is written back");
        var first = HelloCodec.ReadGroups(input, header);
        var second = HelloCodec.ReadGroups(written, again);
        for (var i = 0; i < count; i++)
        {
            Check(first.TryRead(out var a) && second.TryRead(out var b) && a.Name.SequenceEqual(b.Name) && Same(a.ToHello(header, heard), b.ToHello(again, heard)), "a group is written back");
        }
    }

    private static bool Same(Hello a, Hello b) => a.Masters.AsSpan().SequenceEqual(b.Masters.AsSpan()) && a with { Masters = [], Heard = [] } == b with { Masters = [], Heard = [] };
}
