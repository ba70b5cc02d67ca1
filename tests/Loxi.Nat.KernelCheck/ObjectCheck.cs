using Loxi.Ebpf.Native;
using Loxi.Ebpf.Native.Objects;
using Loxi.Ebpf.Native.Programs;

namespace Loxi.Nat.KernelCheck;

/// <summary>Loads one object file with the loader of the product and unloads it again.</summary>
internal static class ObjectCheck
{
    /// <exception cref="InvalidDataException">The file is no object with a program.</exception>
    public static ObjectReport Run(string path)
    {
        using var opened = Open(path);
        if (opened.ProgramNames.Count == 0)
        {
            throw new InvalidDataException("the object holds no program; expected at least one");
        }

        try
        {
            opened.Load();
            return new ObjectReport(path, [.. opened.Programs.Values.Select(Describe)], null);
        }
        catch (EbpfException refusal)
        {
            return new ObjectReport(path, [], refusal);
        }
    }

    private static BpfObject Open(string path)
    {
        try
        {
            return BpfObject.Open(File.ReadAllBytes(path), Path.GetFileName(path).Split('.')[0]);
        }
        catch (EbpfException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static ProgramReport Describe(BpfProgram program) =>
        new(program.Name, program.LoadDuration, program.VerifiedInstructions, program.TranslatedBytes, program.JitedBytes);
}
