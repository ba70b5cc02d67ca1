using System.Text;

namespace Loxi.Node.Options;

/// <summary>What Linux takes for the name of an interface (dev_valid_name: at most 15 bytes, no slash, colon or white space, not . or ..).</summary>
internal static class InterfaceNames
{
    public static bool IsValid(string name) =>
        name.Length != 0 && Encoding.UTF8.GetByteCount(name) <= 15 && name is not ("." or "..")
        && !name.Any(static c => c is '/' or ':' || char.IsWhiteSpace(c) || char.IsControl(c));
}
