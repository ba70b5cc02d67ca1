namespace Loxi.Bgp.Wire;

/// <summary>Where in a message an attribute is.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Flags">Its flags, as they are there.</param>
/// <param name="Start">Offset of the flags.</param>
/// <param name="Offset">Offset of the value.</param>
/// <param name="Length">Length of the value.</param>
internal readonly record struct AttributeSlot(AttributeType Type, byte Flags, int Start, int Offset, int Length);
