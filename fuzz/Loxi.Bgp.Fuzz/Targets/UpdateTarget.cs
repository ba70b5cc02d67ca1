using System.Buffers.Binary;
using Loxi.Bgp.Fuzz.Oracle;

namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>The first octet chooses the session, the others are the body of an UPDATE.</summary>
internal static class UpdateTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length >= 5)
        {
            UpdateCheck.Run(FuzzMessage.Of(2, input[1..]), OracleSession.Of(input[0]));
        }
    }

    /// <summary>Makes the lengths of the fields fit the message: else hardly an input would get farther.</summary>
    public static void Repair(Span<byte> input)
    {
        if (input.Length < 5)
        {
            return;
        }

        var body = input[1..];
        var withdrawn = BinaryPrimitives.ReadUInt16BigEndian(body);
        if (withdrawn > body.Length - 4)
        {
            withdrawn = 0;
            BinaryPrimitives.WriteUInt16BigEndian(body, 0);
        }

        var attributes = body[(2 + withdrawn)..];
        var room = attributes.Length - 2;
        if (BinaryPrimitives.ReadUInt16BigEndian(attributes) > room)
        {
            BinaryPrimitives.WriteUInt16BigEndian(attributes, (ushort)room);
        }
    }
}
