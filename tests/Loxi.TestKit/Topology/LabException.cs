namespace Loxi.TestKit.Topology;

/// <summary>The lab could not be built, entered or removed; the message names the command or the object.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
