namespace Loxi.TestKit.Traffic;

/// <summary>
/// Content of bulk transfers: pseudo-random bytes that repeat every 65,521 (a prime, so that lost or swapped segments
/// show), the same in every process.
/// </summary>
public static class TestPattern
{
    private const int Period = 65521;
    private const int Window = 1 << 16;
    private static readonly byte[] s_bytes = Make();

    /// <summary>The bytes from <paramref name="offset"/> of the endless content, at most <paramref name="length"/> and 64 KiB of them.</summary>
    public static ReadOnlyMemory<byte> Slice(long offset, long length = Window)
        => s_bytes.AsMemory((int)(offset % Period), (int)Math.Min(length, Window));

    /// <summary>Position of the first byte that differs from the content at <paramref name="offset"/>, -1 when none does.</summary>
    public static long FirstDifference(long offset, ReadOnlySpan<byte> data)
    {
        for (var at = 0; at < data.Length;)
        {
            var expected = Slice(offset + at, data.Length - at).Span;
            var common = data.Slice(at, expected.Length).CommonPrefixLength(expected);
            if (common < expected.Length)
            {
                return offset + at + common;
            }

            at += expected.Length;
        }

        return -1;
    }

    private static byte[] Make()
    {
        var bytes = new byte[Period + Window];
        var state = 0x9e3779b9u;
        for (var i = 0; i < Period; i++)
        {
            state = state * 1664525 + 1013904223;
            bytes[i] = (byte)(state >> 24);
        }

        // The window after one period holds the first bytes again.
        bytes.AsSpan(0, Period).CopyTo(bytes.AsSpan(Period));
        bytes.AsSpan(0, Window - Period).CopyTo(bytes.AsSpan(2 * Period));
        return bytes;
    }
}
