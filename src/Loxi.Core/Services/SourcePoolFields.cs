namespace Loxi.Core.Services;

/// <summary>The paths of a source pool's members in the REST API (<c>PUT /loxi/v1/pools/{name}</c>), as problems name them.</summary>
public static class SourcePoolFields
{
    /// <summary>The name.</summary>
    public const string Name = "name";

    /// <summary>The VIP group.</summary>
    public const string VipGroup = "vipGroup";

    /// <summary>The list of addresses.</summary>
    public const string Addresses = "addresses";

    /// <summary>One address.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <returns>The path.</returns>
    public static string Address(int index) => $"addresses[{index}]";
}
