using System.Buffers;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Transport;

/// <summary>Cuts what was read into messages; UPDATEs that lie back to back come as one run.</summary>
internal sealed class MessageFramer
{
    private byte[] _joined = [];

    /// <summary>Takes the next message, or run of UPDATEs, off the front.</summary>
    /// <param name="buffer">What was read; shortened by what was taken.</param>
    /// <param name="maximumLength">Longest message that is allowed.</param>
    /// <param name="run">The message or messages; of an invalid one what there is of it. Valid until the next call.</param>
    /// <param name="header">Header of the first.</param>
    /// <param name="error">What is wrong.</param>
    internal ParseStatus Next(ref ReadOnlySequence<byte> buffer, int maximumLength, out ReadOnlySpan<byte> run, out MessageHeader header, out BgpError error)
    {
        run = buffer.FirstSpan;
        var status = MessageHeader.Read(run, maximumLength, out header, out error);
        if (status == ParseStatus.Done)
        {
            run = run[..RunLength(run, header, maximumLength)];
        }
        else if (status == ParseStatus.NeedMore && !buffer.IsSingleSegment)
        {
            status = Join(buffer, maximumLength, out run, out header, out error);
        }

        if (status == ParseStatus.Done)
        {
            buffer = buffer.Slice(run.Length);
        }

        return status;
    }

    private static int RunLength(ReadOnlySpan<byte> span, MessageHeader first, int maximumLength)
    {
        var length = first.Length;
        if (first.Type == MessageType.Update)
        {
            while (MessageHeader.Read(span[length..], maximumLength, out var next, out _) == ParseStatus.Done && next.Type == MessageType.Update)
            {
                length += next.Length;
            }
        }

        return length;
    }

    // A message over the border of two segments.
    private ParseStatus Join(ReadOnlySequence<byte> buffer, int maximumLength, out ReadOnlySpan<byte> run, out MessageHeader header, out BgpError error)
    {
        if (_joined.Length == 0)
        {
            _joined = new byte[MessageHeader.ExtendedMaximum];
        }

        var size = (int)Math.Min(buffer.Length, MessageHeader.Size);
        buffer.Slice(0, size).CopyTo(_joined);
        var status = MessageHeader.Read(_joined.AsSpan(0, size), maximumLength, out header, out error);
        if (status == ParseStatus.NeedMore && size == MessageHeader.Size)
        {
            size = (int)Math.Min(buffer.Length, MessageLength());
            buffer.Slice(0, size).CopyTo(_joined);
            status = MessageHeader.Read(_joined.AsSpan(0, size), maximumLength, out header, out error);
        }

        run = _joined.AsSpan(0, size);
        return status;
    }

    private int MessageLength() => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(_joined.AsSpan(16));
}
