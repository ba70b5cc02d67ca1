namespace Loxi.Bgp.Policy;

/// <summary>The three attributes that hold communities.</summary>
internal enum CommunityKind : byte
{
    Standard,
    Extended,
    Large,
}
