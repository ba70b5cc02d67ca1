namespace Loxi.Bgp.Wire;

/// <summary>One attribute of a canonical block.</summary>
internal readonly ref struct AttributeEntry(AttributeType type, byte flags, ReadOnlySpan<byte> value)
{
    internal AttributeType Type { get; } = type;

    internal byte Flags { get; } = flags;

    internal ReadOnlySpan<byte> Value { get; } = value;
}
