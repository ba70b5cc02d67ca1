using System.Buffers.Binary;

namespace Loxi.Bgp.Wire;

/// <summary>Makes a canonical block from another one: for policies and for what a session type asks for. Every method returns the length of what it has written.</summary>
internal static class AttributeBlockEditor
{
    /// <summary>Replaces or adds an attribute, with the flags of its type.</summary>
    /// <param name="block">The block.</param>
    /// <param name="type">A recognised type.</param>
    /// <param name="value">Its value in canonical form.</param>
    /// <param name="destination">Room for the block, the value and 4 octets; not the block itself.</param>
    internal static int Set(AttributeBlock block, AttributeType type, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var writer = new AttributeBlockWriter(destination);
        var done = false;
        foreach (var entry in block)
        {
            if (!done && entry.Type >= type)
            {
                writer.Add(type, value);
                done = true;
            }

            if (entry.Type != type)
            {
                writer.Add(entry.Type, entry.Flags, entry.Value);
            }
        }

        if (!done)
        {
            writer.Add(type, value);
        }

        return writer.Length;
    }

    /// <summary>As <see cref="Set"/>, for the attributes that are one number.</summary>
    internal static int SetNumber(AttributeBlock block, AttributeType type, uint value, Span<byte> destination)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Set(block, type, octets, destination);
    }

    internal static int Remove(AttributeBlock block, AttributeType type, Span<byte> destination)
    {
        var writer = new AttributeBlockWriter(destination);
        foreach (var entry in block)
        {
            if (entry.Type != type)
            {
                writer.Add(entry.Type, entry.Flags, entry.Value);
            }
        }

        return writer.Length;
    }

    /// <summary>Puts an AS before the path (RFC 4271 5.1.2): a segment holds 255, what does not fit begins a new one.</summary>
    /// <param name="block">The block.</param>
    /// <param name="number">The AS.</param>
    /// <param name="count">How often.</param>
    /// <param name="destination">Room for <see cref="PrependLength"/> octets.</param>
    internal static int Prepend(AttributeBlock block, uint number, int count, Span<byte> destination)
    {
        var path = block.Get(AttributeType.AsPath);
        var first = path.Length > 0 && path[0] == (byte)AsSegmentType.Sequence ? path[1] : 0;
        var intoFirst = first == 0 ? 0 : Math.Min(count, AsPath.LongestSegment - first);
        var writer = new AttributeBlockWriter(destination);
        var written = false;
        foreach (var entry in block)
        {
            if (entry.Type >= AttributeType.AsPath && !written)
            {
                WritePath(ref writer, path, number, count, intoFirst);
                written = true;
            }

            if (entry.Type != AttributeType.AsPath)
            {
                writer.Add(entry.Type, entry.Flags, entry.Value);
            }
        }

        if (!written)
        {
            WritePath(ref writer, path, number, count, intoFirst);
        }

        return writer.Length;
    }

    /// <summary>Most that <see cref="Prepend"/> writes.</summary>
    internal static int PrependLength(AttributeBlock block, int count) => block.Bytes.Length + AttributeBlock.HeaderSize + (4 * count) + (2 * ((count / AsPath.LongestSegment) + 1));

    private static void WritePath(ref AttributeBlockWriter writer, ReadOnlySpan<byte> path, uint number, int count, int intoFirst)
    {
        var before = count - intoFirst;
        var segments = (before + AsPath.LongestSegment - 1) / AsPath.LongestSegment;
        var value = writer.Begin(AttributeType.AsPath, AttributeFlags.Transitive, path.Length + (4 * count) + (2 * segments));
        // The new segments come first, and only the first of them is not full.
        while (before > 0)
        {
            var part = before % AsPath.LongestSegment is var rest and not 0 ? rest : AsPath.LongestSegment;
            value[0] = (byte)AsSegmentType.Sequence;
            value[1] = (byte)part;
            value = Fill(value[2..], number, part);
            before -= part;
        }

        if (path.IsEmpty)
        {
            return;
        }

        value[0] = path[0];
        value[1] = (byte)(path[1] + intoFirst);
        path[2..].CopyTo(Fill(value[2..], number, intoFirst));
    }

    private static Span<byte> Fill(Span<byte> destination, uint number, int count)
    {
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination[(4 * i)..], number);
        }

        return destination[(4 * count)..];
    }
}
