using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Loxi.Samples.ReplicatedTable;

/// <summary>A short text as a value without references: up to 32 bytes of UTF-8, the rest zero.</summary>
[InlineArray(Word.Length)]
internal struct Word : IEquatable<Word>
{
    public const int Length = 32;

    private byte _first;

    public static bool TryParse(string text, out Word word)
    {
        word = default;
        return Encoding.UTF8.GetByteCount(text) is > 0 and <= Length && Encoding.UTF8.TryGetBytes(text, word, out _);
    }

    public static Word Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<Word>(bytes);

    public readonly void Write(Span<byte> bytes) => ((ReadOnlySpan<byte>)this).CopyTo(bytes);

    /// <summary>The same on every node and in every run (FNV-1a, then mixed so that all bits count).</summary>
    public readonly ulong StableHash()
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in this)
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 32)) * 0x9E37_79B9_7F4A_7C15;
        return hash ^ (hash >> 32);
    }

    public readonly bool Equals(Word other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is Word other && Equals(other);

    public override readonly int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(this);
        return hash.ToHashCode();
    }

    public override readonly string ToString() => Encoding.UTF8.GetString(this).TrimEnd('\0');
}
