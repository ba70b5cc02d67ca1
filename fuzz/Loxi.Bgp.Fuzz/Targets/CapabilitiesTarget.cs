using Loxi.Fuzz;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>Any bytes as the capabilities of an OPEN, in the plain and in the extended form (RFC 9072), which must say the same.</summary>
internal static class CapabilitiesTarget
{
    private static ReadOnlySpan<byte> Fixed => [4, 0xfb, 0xf0, 0, 90, 192, 0, 2, 1];

    public static void Run(ReadOnlySpan<byte> input)
    {
        var extended = FuzzMessage.Of(1, [.. Fixed, 255, 255, (byte)((input.Length + 3) >> 8), (byte)(input.Length + 3), 2, (byte)(input.Length >> 8), (byte)input.Length, .. input]);
        OpenTarget.Read(extended);
        if (input.Length <= 253)
        {
            var plain = FuzzMessage.Of(1, [.. Fixed, (byte)(input.Length + 2), 2, (byte)input.Length, .. input]);
            OpenTarget.Read(plain);
            var one = Wire.OpenCodec.Read(extended, out var error);
            var other = Wire.OpenCodec.Read(plain, out var otherError);
            InvariantException.Check(one == other && error.Subcode == otherError.Subcode, "both forms say the same");
        }
    }
}
