using Loxi.Bgp.Fuzz.Oracle;
using Loxi.Bgp.Wire;
using Loxi.Fuzz;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>
/// What holds for every UPDATE: the outcome is the oracle's; errors lie in the message; the result does not depend on what was read before;
/// and what is accepted can be written, is then read without an error, and says the same.
/// </summary>
internal static class UpdateCheck
{
    private static readonly UpdateBuffer Shared = new();
    private static readonly UpdateBuffer Second = new();
    private static readonly byte[] Attributes = new byte[1 << 18];
    private static readonly byte[] Written = new byte[1 << 17];

    public static void Run(byte[] message, OracleSession session)
    {
        if (message.Length < 23)
        {
            return;
        }

        var context = session.Context;
        var view = UpdateReader.Read(message, context, Shared);
        CheckErrors(view, message);
        var expected = UpdateOracle.Judge(message, session);
        InvariantException.Check(view.Outcome == expected, $"outcome {view.Outcome}, the oracle says {expected}");
        CheckRepeated(view, message, context);
        if (view.HasAttributes)
        {
            CheckBlock(view.Attributes, session);
            CheckWritten(view, session, view.Announced, view.NextHop);
            CheckWritten(view, session, view.MpAnnounced, view.MpNextHop);
        }
    }

    private static void CheckErrors(UpdateView view, byte[] message)
    {
        InvariantException.Check(view.Outcome == ErrorHandling.None == (view.ErrorCount == 0), "an outcome has an error");
        foreach (var error in view.Errors)
        {
            InvariantException.Check(error.Handling != ErrorHandling.None && error.Handling <= view.Outcome && error.Code == BgpErrorCode.UpdateMessage, "the strongest error wins");
            InvariantException.Check(error.Offset >= 19 && error.Offset <= message.Length && error.DataOffset + error.DataLength <= message.Length, "errors lie in the message");
        }

        if (view.Outcome == ErrorHandling.SessionReset)
        {
            Span<byte> answer = stackalloc byte[4096];
            var length = NotificationCodec.WriteError(view.Error, message, answer);
            InvariantException.Check(MessageHeader.Read(answer[..length], 4096, out _, out _) == ParseStatus.Done, "the answer is a message");
        }
    }

    private static void CheckRepeated(UpdateView view, byte[] message, UpdateContext context)
    {
        var version = view.AttributesVersion;
        var again = UpdateReader.Read(message, context, Second);
        InvariantException.Check(again.Error == view.Error && again.NextHop == view.NextHop && again.MpNextHop == view.MpNextHop && again.EndOfRib == view.EndOfRib
            && again.HasAttributes == view.HasAttributes && again.Attributes.Bytes.SequenceEqual(view.Attributes.Bytes), "another buffer reads the same");
        again = UpdateReader.Read(message, context, Shared);
        InvariantException.Check(again.Error == view.Error && again.NextHop == view.NextHop && again.AttributesVersion == version, "the same message has the same version");
    }

    private static void CheckBlock(AttributeBlock block, OracleSession session)
    {
        var last = -1;
        foreach (var entry in block)
        {
            InvariantException.Check((int)entry.Type > last, "types ascend");
            last = (int)entry.Type;
            InvariantException.Check(entry.Type is not (AttributeType.NextHop or AttributeType.MpReach or AttributeType.MpUnreach or AttributeType.As4Path or AttributeType.As4Aggregator
                or AttributeType.Aigp), "no place for these");
        }

        InvariantException.Check(block.TryGet(AttributeType.Origin, out _) && block.TryGet(AttributeType.AsPath, out _), "mandatory attributes are there");
        InvariantException.Check(block.LocalPreference is null == session.IsExternal, "LOCAL_PREF is between internal peers");
        foreach (var segment in block.AsPath)
        {
            InvariantException.Check(segment is { Type: AsSegmentType.Sequence, Count: > 0 }, "a path of sequences");
        }

        InvariantException.Check(block.AsPath.ToString().Length == 0 == (block.AsPath.Length == 0), "the path has a text");
    }

    private static void CheckWritten(UpdateView view, OracleSession session, PrefixList routes, NextHop nextHop)
    {
        var format = new UpdateFormat { FourOctetAs = session.FourOctetAs, AddPathIpv4 = session.AddPath, AddPathIpv6 = session.AddPath, MaxLength = 65535 };
        var length = AttributeEncoder.Encode(view.Attributes, nextHop, session.FourOctetAs, Attributes);
        InvariantException.Check(length <= AttributeEncoder.MaximumLength(view.Attributes), "attributes are not longer than promised");
        var writer = new UpdateWriter(Written, format);
        if (writer.BeginReach(routes.Family, nextHop, Attributes.AsSpan(0, length)) != UpdateWriterStatus.Done)
        {
            throw new InvariantException("short attributes fit a long message");
        }

        var count = 0;
        foreach (var (prefix, pathId) in routes)
        {
            InvariantException.Check(prefix.IsUnicast && prefix == Prefix.Create(prefix.Family, prefix.Length, prefix.Bits), "a prefix that may be announced");
            InvariantException.Check(writer.Add(prefix, pathId) == UpdateWriterStatus.Done, "short routes fit a long message");
            count++;
        }

        writer.End();
        if (count == 0)
        {
            return;
        }

        var again = UpdateReader.Read(Written.AsSpan(0, writer.Length), session.Context, Second);
        InvariantException.Check(again.Outcome == ErrorHandling.None, $"what is written has no error: {again.Error}");
        InvariantException.Check(again.Attributes.Bytes.SequenceEqual(view.Attributes.Bytes), "attributes are read as they were written");
        var isPlain = again.MpAnnounced.IsEmpty;
        InvariantException.Check((isPlain ? again.NextHop : again.MpNextHop) == nextHop, "the next hop is read as it was written");
        var expected = routes.GetEnumerator();
        foreach (var entry in isPlain ? again.Announced : again.MpAnnounced)
        {
            InvariantException.Check(expected.MoveNext() && expected.Current == entry, "routes are read as they were written");
        }

        InvariantException.Check(!expected.MoveNext(), "all of them");
    }
}
