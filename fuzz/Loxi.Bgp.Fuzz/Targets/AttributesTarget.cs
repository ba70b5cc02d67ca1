using Loxi.Bgp.Fuzz.Oracle;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>The first octet chooses the session, the others are path attributes: with a route, without one, and beside one of MP_REACH_NLRI.</summary>
internal static class AttributesTarget
{
    private static ReadOnlySpan<byte> MpReach => [0x90, 14, 0, 28, 0, 2, 1, 16, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 48, 0x20, 1, 0x0d, 0xb8, 0, 1];

    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        var session = OracleSession.Of(input[0]);
        var attributes = input[1..];
        // A path identifier where one is due.
        ReadOnlySpan<byte> route = session.AddPath ? [0, 0, 0, 7, 24, 198, 51, 100] : [24, 198, 51, 100];
        UpdateCheck.Run(FuzzMessage.Update([], attributes, route), session);
        UpdateCheck.Run(FuzzMessage.Update(route, attributes, []), session);
        UpdateCheck.Run(FuzzMessage.Update([], session.AddPath ? attributes : [.. MpReach, .. attributes], []), session);
    }
}
