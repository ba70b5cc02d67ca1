using System.Buffers.Binary;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Policy;

/// <summary>Communities of the three kinds between text and octets.</summary>
internal static class CommunityText
{
    internal static int Width(CommunityKind kind) => kind switch { CommunityKind.Standard => 4, CommunityKind.Extended => 8, _ => 12 };

    internal static AttributeType Attribute(CommunityKind kind)
        => kind switch { CommunityKind.Standard => AttributeType.Communities, CommunityKind.Extended => AttributeType.ExtendedCommunities, _ => AttributeType.LargeCommunities };

    internal static bool TryWrite(CommunityKind kind, string text, Span<byte> destination)
    {
        switch (kind)
        {
            case CommunityKind.Standard when PolicyText.TryCommunity(text, out var community):
                BinaryPrimitives.WriteUInt32BigEndian(destination, community);
                return true;
            case CommunityKind.Extended when PolicyText.TryExtendedCommunity(text, out var extended):
                BinaryPrimitives.WriteUInt64BigEndian(destination, extended);
                return true;
            case CommunityKind.Large when PolicyText.TryLargeCommunity(text, out var large):
                BinaryPrimitives.WriteUInt32BigEndian(destination, large.GlobalAdministrator);
                BinaryPrimitives.WriteUInt32BigEndian(destination[4..], large.LocalData1);
                BinaryPrimitives.WriteUInt32BigEndian(destination[8..], large.LocalData2);
                return true;
            default:
                return false;
        }
    }

    internal static string Read(CommunityKind kind, ReadOnlySpan<byte> value)
        => kind switch
        {
            CommunityKind.Standard => PolicyText.Community(BinaryPrimitives.ReadUInt32BigEndian(value)),
            CommunityKind.Extended => PolicyText.ExtendedCommunity(BinaryPrimitives.ReadUInt64BigEndian(value)),
            _ => new BgpLargeCommunity(BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value[4..]), BinaryPrimitives.ReadUInt32BigEndian(value[8..])).ToString(),
        };
}
