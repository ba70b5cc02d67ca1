namespace Loxi.Node.Ha;

/// <summary>Where settings come from, on the wire.</summary>
internal static class HaOrigin
{
    public static string Of(bool isStored) => isStored ? "stored" : "flags";
}
