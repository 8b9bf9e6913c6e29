/** The folder of src/host, or of dist/host in the package. */
export declare const here: string;
