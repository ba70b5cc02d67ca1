namespace Loxi.Fuzz;

/// <summary>Something that must hold for every input does not.</summary>
internal sealed class InvariantException(string message) : Exception(message)
{
    public static void Check(bool holds, string rule)
    {
        if (!holds)
        {
            throw new InvariantException(rule);
        }
    }
}
